//go:build unix

package target

import (
	"io/fs"
	"os"
	"syscall"
)

// oursAlone says whether a directory belongs to the user who runs the process, and nobody
// else has any rights in it.
func oursAlone(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid() && info.Mode().Perm()&0o077 == 0
}
