package masterkey_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
)

func TestMakeAndRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "master.key")
	made, err := masterkey.Make(path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := masterkey.Read(path)
	if err != nil || !bytes.Equal(read, made) || len(read) != 32 {
		t.Fatalf("read %x, %v; want what was made", read, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if _, err := masterkey.Make(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("make it again: %v, want fs.ErrExist", err)
	}
	if again, err := masterkey.Read(path); err != nil || !bytes.Equal(again, made) {
		t.Errorf("the key was written over: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := masterkey.Read(path); !errors.Is(err, masterkey.ErrReadable) {
		t.Errorf("readable by others: %v, want ErrReadable", err)
	}
	if _, err := masterkey.Read(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v, want fs.ErrNotExist", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	good := "tegata-master-key-1 " + base64.StdEncoding.EncodeToString(make([]byte, 32))
	if _, err := masterkey.Parse(" " + good + "\r\n"); err != nil {
		t.Errorf("with blanks around it: %v", err)
	}
	for name, text := range map[string]string{
		"empty": "", "no mark": good[20:], "another mark": strings.Replace(good, "-1", "-2", 1), "short": good[:len(good)-4],
		"long": good[:len(good)-2] + "AA==", "not base64": good[:30] + "!" + good[31:], "two keys": good + "\n" + good,
	} {
		if key, err := masterkey.Parse(text); !errors.Is(err, masterkey.ErrForm) || key != nil {
			t.Errorf("%s: %x, %v; want ErrForm", name, key, err)
		}
	}
}

// FuzzParse: what is taken has 32 bytes, and an error comes without a key.
func FuzzParse(f *testing.F) {
	f.Add("tegata-master-key-1 " + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	f.Add("tegata-master-key-1 AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := masterkey.Parse(text)
		if (err == nil) != (len(key) == 32) {
			t.Fatalf("%q: %d bytes, %v", text, len(key), err)
		}
	})
}
