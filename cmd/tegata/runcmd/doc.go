// Package runcmd is the command run: it runs a command so that server code which knows only
// LINE's host names reaches a running `tegata dev`.
//
// It owns the command's life: its start, the signals on their way to it, its exit code, and the
// end of what was made for it. The proxy is package lineproxy's, the environment package
// childenv's. The machine's trust stores are never touched.
package runcmd
