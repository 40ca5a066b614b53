package runcmd

import "syscall"

// endWithUs has the kernel end the command if we are killed: its proxy is gone then.
func endWithUs(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }
