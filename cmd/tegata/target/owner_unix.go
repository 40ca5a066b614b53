//go:build unix

package target

import (
	"io/fs"
	"os"
	"syscall"
)

// ownedByUs says whether the file belongs to the user who runs the process.
func ownedByUs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid()
}
