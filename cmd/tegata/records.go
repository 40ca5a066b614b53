package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/lease"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
)

// records is the open store.
type records struct {
	store store.Store
	ping  func(context.Context) error
}

// openRecords opens the store that the settings name.
func openRecords(ctx context.Context, s *setting.Settings) (*records, error) {
	if s.Postgres() {
		return openPostgres(ctx, s)
	}
	path := s.SQLitePath()
	if s.IsDefault("store") {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, &failure{exitConfig, fmt.Errorf("folder of the store: %w", err), "give --store FILE in a folder that this user can write to"}
		}
	}
	st, err := sqlite.Open(ctx, sqlite.Config{Path: path, RefusePending: s.Migrate == "manual"})
	if err != nil {
		return nil, storeFailure(err, exitConfig, "give --store the path of a file in a folder of this user's alone")
	}
	return &records{st, st.Ping}, nil
}

func openPostgres(ctx context.Context, s *setting.Settings) (*records, error) {
	st, err := postgres.Open(ctx, postgres.Config{URL: s.Store, RefusePending: s.Migrate == "manual"})
	if err != nil {
		return nil, storeFailure(err, exitUnreachable, "see that PostgreSQL runs, and that --store names host, user, password and database")
	}
	leased, err := lease.New(lease.Config{Store: st, Entries: s.Cache})
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &records{leased, st.Ping}, nil
}

// storeFailure is the failure for a store that does not open.
func storeFailure(err error, code int, next string) error {
	switch {
	case errors.Is(err, store.ErrSchemaPending):
		return &failure{exitConfig, err, "tegata migrate plan shows the steps, tegata migrate apply does them"}
	case errors.Is(err, store.ErrSchemaNewer), errors.Is(err, store.ErrSchemaOther):
		return &failure{exitRefused, err, "run the release that this store belongs to; docs/operate.md tells how to upgrade and how to go back"}
	case errors.Is(err, sqlite.ErrLocked):
		return &failure{exitConfig, err, "end the other tegata; several at once need a PostgreSQL store"}
	}
	return &failure{code, err, next}
}

// keys are the master keys.
type keys struct {
	sealer platform.Sealer
	id     string // of the first
	made   string // the path of the file that has been made now; empty: none
}

// openKeys reads the master key and the older ones. The first start with SQLite makes it.
func openKeys(ctx context.Context, s *setting.Settings, st store.Keys) (*keys, error) {
	k := &keys{}
	first, err := firstKey(ctx, s, st, k)
	if err != nil {
		return nil, err
	}
	all := [][]byte{first}
	for _, path := range s.MasterKey.Old {
		old, err := masterkey.Read(path)
		if err != nil {
			return nil, keyFailure("masterKey.old", err)
		}
		all = append(all, old)
	}
	k.id = platform.MasterKeyID(first)
	if k.sealer, err = platform.NewSealers(all...); err != nil {
		return nil, &failure{exitConfig, err, "give each master key once"}
	}
	return k, nil
}

func firstKey(ctx context.Context, s *setting.Settings, st store.Keys, k *keys) ([]byte, error) {
	if s.MasterKey.Value != "" {
		key, err := masterkey.Parse(s.MasterKey.Value)
		if err != nil {
			return nil, keyFailure(setting.EnvMasterKey, err)
		}
		return key, nil
	}
	path := s.MasterKey.File
	if path == "" {
		path = filepath.Join(s.Folder, "master.key")
	}
	key, err := masterkey.Read(path)
	if !errors.Is(err, fs.ErrNotExist) || s.MasterKey.File != "" {
		if err != nil {
			return nil, keyFailure("masterKey.file", err)
		}
		return key, nil
	}
	ring, err := st.KeyRing(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for sealed keys: %w", err)
	}
	if len(ring.Keys) > 0 {
		return nil, &failure{
			exitRefused, fmt.Errorf("the store %s is in use and its master key %s is not there: a new key could not open what the old one sealed", s.SQLitePath(), path),
			"bring back the key's file, or say by --master-key-file where it is",
		}
	}
	if key, err = masterkey.Make(path); err != nil {
		return nil, keyFailure("masterKey.file", err)
	}
	k.made = path
	return key, nil
}

func keyFailure(setting string, err error) *failure {
	f := &failure{exitConfig, fmt.Errorf("%s: %w", setting, err), "tegata keys new-master --to FILE makes one; give its path as --master-key-file"}
	if errors.Is(err, masterkey.ErrReadable) {
		f.code, f.next = exitRefused, "chmod 600 the file; if others may have read it, rotate the key as docs/operate.md says"
	}
	return f
}
