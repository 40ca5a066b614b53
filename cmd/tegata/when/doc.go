// Package when reads durations and times as people type them for a command: 2h, -1s, 31d;
// 2027-01-01, 2027-01-01T09:00:00+09:00, 1798761600. What they mean is left to the command.
package when
