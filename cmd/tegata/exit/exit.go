package exit

import "fmt"

// The exit codes, the same in every command.
const (
	Done        = 0
	Negative    = 1 // a negative answer, or a fault of ours
	Usage       = 2
	Config      = 3
	Unreachable = 4
	Refused     = 5 // refused for safety
	Interrupted = 130

	// Those of tegata run, as of a shell.
	NotExecutable = 126
	NotFound      = 127
)

// Error is an error with an exit code and the user's next step, which is printed last.
type Error struct {
	Code int
	Err  error
	Next string
}

// Error returns what went wrong, without the next step.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error that it was made of.
func (e *Error) Unwrap() error { return e.Err }

// Status is the exit code of a program that was run for the user and has said itself what
// there was to say: nothing is printed. It is not zero.
type Status int

// Error names the code.
func (s Status) Error() string { return fmt.Sprintf("exit code %d", int(s)) }
