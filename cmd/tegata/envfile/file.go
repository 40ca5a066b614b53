package envfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// maxFile bounds a dotenv file, in bytes.
const maxFile = 1 << 20

// Write puts the variables into the block of a dotenv file, and says whether that changed
// it: dev servers start anew when it does. The file is there in full or as it was before,
// whatever happens; it keeps its mode, and a new one is its owner's alone. A symbolic link
// is followed. The error is a *Conflict if a line of the file stands in the way.
func Write(path string, variables []Variable) (changed bool, err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	old, mode, err := read(path)
	if err != nil {
		return false, err
	}
	text, err := Replace(old, variables)
	if err != nil || bytes.Equal(text, old) {
		return false, err
	}
	return true, put(path, text, mode)
}

// read returns a file and its mode; nothing and 0600 if there is none.
func read(path string) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0o600, nil
	case err != nil:
		return nil, 0, err
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s is not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", path, err)
	}
	if len(text) > maxFile {
		return nil, 0, fmt.Errorf("%s is larger than %d bytes", path, maxFile)
	}
	return text, info.Mode().Perm(), nil
}

// put writes a file beside the one that it then takes the place of.
func put(path string, text []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tegata-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil && runtime.GOOS != "windows" {
		err = f.Chmod(mode)
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it may be gone; the first error is the one to tell
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
