// Package labcmd is the commands about what exists for development and tests only, at a
// running `tegata dev`: its clock, faults, troubles and state, its event log, and waiting
// until it is ready. It asks the control APIs; what they do is package lab's, and tokens
// are package tokencmd's.
package labcmd
