package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
)

// header is how every SQLite database begins.
const header = "SQLite format 3\x00"

// prepareFile makes the file if it is not there and refuses one that cannot be ours.
// The caller holds the lock, so that no store of this process has the file open.
func prepareFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createFile(path)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("it is not a file but %s", info.Mode().Type())
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("other users may open it (mode %04o), and may have read it: chmod 600 %s", info.Mode().Perm(), path)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("it cannot be written by this user: %w", err)
	}
	defer f.Close()
	begin := make([]byte, len(header))
	n, err := io.ReadFull(f, begin)
	if n == 0 && errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil || !bytes.Equal(begin, []byte(header)) {
		return errors.New("it is not a SQLite database: give the path of one, or of a file that is not there yet")
	}
	return nil
}

// createFile makes an empty file that only its owner may open, and sees to it that its
// name survives a power cut. SQLite gives its other files the same mode.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder writes a folder's names to the disk.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // where a folder cannot be opened, and names are journalled
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// checkFolder refuses a folder that is not there or in which anybody may replace the
// file.
func checkFolder(path string) error {
	if path == "" {
		return errors.New("no path: give the file of the store, such as /var/lib/tegata/tegata.db")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("it is a folder: give a file in it, such as %s", filepath.Join(path, "tegata.db"))
	}
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("its folder is not there: mkdir -m 700 %s", folder)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", folder)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0:
		return fmt.Errorf("everybody may replace files in its folder: chmod o-w %s", folder)
	}
	return nil
}

// lock keeps a second process, and a second store of this process, from a file.
type lock struct {
	db   *sql.DB
	conn *sql.Conn
}

// takeLock takes the lock of a file. It is a database that stays empty and is locked
// as long as its connection lives: SQLite does that on every system, and the system
// frees it when the process ends.
func takeLock(ctx context.Context, path string) (*lock, error) {
	name := path + "-lock"
	// Nothing is ever written to it, so whether others may read it does not matter; but
	// whoever may lock it can keep the store from starting.
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		err = f.Close()
	case errors.Is(err, fs.ErrExist):
		err = nil
	}
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", address(name, "rw", "busy_timeout(1000)", "journal_mode(MEMORY)"))
	if err != nil {
		return nil, err
	}
	// Already the pragmas of the connection find out whether somebody has the lock.
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(taken(err), db.Close())
	}
	l := &lock{db: db, conn: conn}
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil, errors.Join(taken(err), l.free())
	}
	return l, nil
}

// taken tells the error of a lock that somebody else has.
func taken(err error) error {
	if busy(err) {
		return ErrLocked
	}
	return err
}

func (l *lock) free() error { return errors.Join(l.conn.Close(), l.db.Close()) }

// address is how the driver is told to open a file that is there, to read and write it
// ("rw") or only to read it ("ro"), running pragmas on every connection.
func address(path, mode string, pragmas ...string) string {
	if runtime.GOOS == "windows" {
		path = filepath.ToSlash(path)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	q := url.Values{"mode": {mode}, "_pragma": pragmas}
	u.RawQuery = q.Encode()
	return u.String()
}
