package sqlite

import (
	"context"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tegata-id/tegata/store/internal/database"
)

// note remembers that the disk has refused a write. It is not forgotten at the next commit:
// one that changes nothing comes through on a full disk too.
func (w *writer) note(err error) {
	if refusedByDisk(err) {
		w.refused.Store(true)
	}
}

// refusedByDisk says whether a write failed because of the disk and not of its content.
func refusedByDisk(err error) bool {
	switch code(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}

// probeWrite changes a row of its own, which no copy of the store takes along.
const probeWrite = `INSERT INTO counters (name, last) VALUES ('probe', 1) ON CONFLICT (name) DO UPDATE SET last = counters.last + 1`

// takesWrites says whether the disk takes writes. It tries one only if one was refused
// before: so a store without trouble is not written to by those who look at it, and one with
// trouble is ready again as soon as it can be written to, also if nobody else tries.
func (w *writer) takesWrites(ctx context.Context) error {
	if !w.refused.Load() {
		return nil
	}
	err := w.do(ctx, func(c database.Conn) error {
		_, err := c.Exec(probeWrite)
		return err
	}, false)
	if err != nil {
		return fmt.Errorf("the disk refuses writes, reads go on; make room, or mend it: %w", err)
	}
	w.refused.Store(false)
	return nil
}
