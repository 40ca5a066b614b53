package pgtest

import "syscall"

// dieWithParent lets the system end a server whose tests were killed. SIGQUIT is
// PostgreSQL's immediate shutdown, which takes its other processes with it.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGQUIT }
