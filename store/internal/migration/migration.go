package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

const (
	createMigrations = `CREATE TABLE IF NOT EXISTS schema_migrations (
		number     BIGINT NOT NULL PRIMARY KEY,
		name       TEXT NOT NULL,
		digest     TEXT NOT NULL,
		applied_at BIGINT NOT NULL
	)`
	appliedMigrations = `SELECT number, digest FROM schema_migrations ORDER BY number`
	noteMigration     = `INSERT INTO schema_migrations (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)`
)

// Steps are the steps that make an engine's tables, in order.
type Steps []store.Migration

// Script runs the statements of a step.
type Script interface {
	database.Conn
	// Run runs a text of several statements without arguments.
	Run(sql string) error
	// Exists says whether there is a table of this name.
	Exists(table string) (bool, error)
}

// Migrator gives one process at a time a transaction in which the schema may change.
type Migrator interface {
	// Locked runs f in one transaction, while no other process is in Locked.
	Locked(ctx context.Context, f func(Script) error) error
}

// Read reads the steps in the folder migrations: files NNNN_name.sql, numbered
// from 1 without gaps.
func Read(files fs.FS) (Steps, error) {
	paths, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var steps Steps
	for i, path := range paths {
		number, name, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(path, "migrations/"), ".sql"), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 || len(number) != 4 || name == "" {
			return nil, fmt.Errorf("%s is not named as step %04d", path, i+1)
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		steps = append(steps, store.Migration{Number: i + 1, Name: name, SQL: string(text)})
	}
	return steps, nil
}

// Pending gives the steps that a database lacks; store.ErrSchemaNewer,
// store.ErrSchemaOther.
func (s Steps) Pending(c Script) (Steps, error) {
	if ok, err := c.Exists("schema_migrations"); err != nil || !ok {
		return s, err
	}
	applied, err := read(c)
	if err != nil {
		return nil, err
	}
	if len(applied) > len(s) {
		return nil, fmt.Errorf("%w (it is at step %d, this program knows %d)", store.ErrSchemaNewer, len(applied), len(s))
	}
	for i, a := range applied {
		if a.number != int64(i+1) || a.digest != digest(s[i]) {
			return nil, fmt.Errorf("%w (step %d differs)", store.ErrSchemaOther, a.number)
		}
	}
	return s[len(applied):], nil
}

// note is what is noted of a step that was applied.
type note struct {
	number int64
	digest string
}

func read(c Script) ([]note, error) {
	rows, err := c.Query(appliedMigrations)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []note
	for rows.Next() {
		var n note
		if err := rows.Scan(&n.number, &n.digest); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

func digest(m store.Migration) string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:])
}

// Apply applies the steps that a database lacks, each in a transaction of its own, and
// gives them. Of several processes one does the work and the others find it done.
func (s Steps) Apply(ctx context.Context, m Migrator, now func() time.Time) (Steps, error) {
	var applied Steps
	for {
		var next *store.Migration
		err := m.Locked(ctx, func(c Script) error {
			next = nil
			pending, err := s.Pending(c)
			if err != nil || len(pending) == 0 {
				return err
			}
			next = &pending[0]
			return apply(c, *next, now())
		})
		if err != nil {
			return applied, err
		}
		if next == nil {
			return applied, nil
		}
		applied = append(applied, *next)
	}
}

// apply runs one step and notes it.
func apply(c Script, m store.Migration, now time.Time) error {
	if _, err := c.Exec(createMigrations); err != nil {
		return err
	}
	if err := c.Run(m.SQL); err != nil {
		return fmt.Errorf("schema step %04d_%s: %w", m.Number, m.Name, err)
	}
	_, err := c.Exec(noteMigration, int64(m.Number), m.Name, digest(m), now.UnixMicro())
	return err
}
