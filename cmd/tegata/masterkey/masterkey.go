package masterkey

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	// mark makes the file, and a key that slipped into a repository, known.
	mark    = "tegata-master-key-1"
	keySize = 32
	maxFile = 1 << 10 // bytes
)

var (
	// ErrReadable means that others than the owner may read the file.
	ErrReadable = errors.New("other users of this machine may read it")
	// ErrForm means that a text is no master key.
	ErrForm = errors.New("it is no master key: want " + mark + " and 32 bytes in base64")
)

// Parse reads the text of a key: that of a file, or of the environment.
func Parse(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), mark+" ")
	if !ok {
		return nil, ErrForm
	}
	key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(encoded))
	if err != nil || len(key) != keySize {
		return nil, ErrForm
	}
	return key, nil
}

// Read reads a file; ErrReadable, ErrForm.
func Read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s (mode %04o): %w", path, info.Mode().Perm(), ErrReadable)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	key, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// Make makes a file with a new key, and its folder if that is missing. A file that is
// there is never written over: what it sealed would be lost. The key is on the disk when
// Make returns.
func Make(path string) ([]byte, error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, werr := fmt.Fprintf(f, "%s %s\n", mark, base64.StdEncoding.EncodeToString(key))
	if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return key, syncFolder(folder)
}

// syncFolder writes the names of a folder to the disk.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // where a folder cannot be opened
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
