//go:build unix && !linux

package pgtest

import "syscall"

// dieWithParent does nothing: this system cannot tie one process to another.
func dieWithParent(*syscall.SysProcAttr) {}
