// Package exit has the exit codes of every command, and the error that carries one with
// the user's next step. It owns no command and prints nothing: package main reports.
package exit
