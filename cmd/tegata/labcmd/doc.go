// Package labcmd is the commands about what exists for development and tests only, at a
// running `tegata dev`: its clock, faults, troubles and state. Those about the event log, why
// a request was refused, and waiting until a platform is ready work at a tegata serve too. It
// asks the control APIs; what they do is package lab's, and tokens are package tokencmd's.
package labcmd
