package postgres_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// TestFullDisk: the database lies on a file system of its own that is full at times. Only
// root may mount one; for everybody else TestFull does the same with a server that says so.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEGATA_TEST_POSTGRES") != "" || os.Geteuid() != 0 {
		t.Log("only root with a server of its own can fill a disk: TestFull alone has tried it")
		return
	}
	folder := smallDisk(t)
	own, err := pgtest.Start("") // its checkpoints fail meanwhile, for all its databases
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	address := own.Database(t) // to make another one from
	run(t, address, "CREATE TABLESPACE small LOCATION '"+folder+"'", "CREATE DATABASE on_small TABLESPACE small")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/on_small"
	ballast := filepath.Join(folder, "ballast")
	full := newFullStore(t, u.String())
	for n := range int64(5) {
		fillUp(t, ballast, n*200_000)
		full.round(func() {
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		})
	}
	full.end()
}

// smallDisk mounts a file system of 24 MiB that belongs to the server's user.
func smallDisk(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "pgfull")
	if err != nil {
		t.Fatal(err)
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		owner, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	options := fmt.Sprintf("size=24m,mode=700,uid=%s,gid=%s", owner.Uid, owner.Gid)
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, options); err != nil {
		t.Fatal("root cannot mount a small file system: ", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(syscall.Unmount(folder, syscall.MNT_DETACH), os.Remove(folder)); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fillUp writes a file until the disk is full, and then leaves room for so many bytes.
func fillUp(t *testing.T, path string, room int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for piece := bytes.Repeat([]byte{'x'}, 4096); err == nil; {
		_, err = f.Write(piece)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(info.Size() - room); err != nil {
		t.Fatal(err)
	}
}
