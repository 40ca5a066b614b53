// Package labcmd is the commands that ask the control APIs of a running platform: about what
// exists for development and tests only, at a `tegata dev` (what a program needs to talk to
// it, its clock, faults, troubles and state); and, at a `tegata serve` too, about the event
// log, why a request was refused, and whether it is ready. What the APIs do is package lab's,
// and tokens are package tokencmd's.
package labcmd
