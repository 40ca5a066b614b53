package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/store/sqlite"
)

// stateFlags say what `tegata dev` remembers, and what its runs have in common.
type stateFlags struct {
	Data          string    `help:"Keep the state in this SQLite file, beyond the end. A new file begins with the seed. By default the state is in memory." env:"TEGATA_DATA" placeholder:"FILE"`
	Deterministic string    `help:"Let keys, IDs and tokens follow from a text: equal texts, seeds and clocks give equal ones, as long as requests come one after another." env:"TEGATA_DETERMINISTIC" placeholder:"TEXT"`
	Clock         when.Time `help:"Start the platform's clock at a time, such as 2027-01-01 or 2027-01-01T09:00:00+09:00." env:"TEGATA_CLOCK" placeholder:"TIME"`
	Freeze        bool      `help:"Let the platform's clock stand still, at --clock or at the time of the start." env:"TEGATA_FREEZE"`
}

// refuseState refuses flags that contradict one another.
func (c devCmd) refuseState() error {
	if c.Deterministic != "" {
		switch {
		case c.AllowRemote:
			return &failure{exitRefused, errors.New("--deterministic with --allow-remote: whoever knows the text has the keys"), "leave one of them out"}
		case c.LAN:
			return &failure{exitRefused, errors.New("--deterministic with --lan: whoever knows the text has the keys"), "leave one of them out"}
		case c.Data != "":
			return &failure{exitUsage, errors.New("--deterministic with --data: the second start would make the IDs of the first again"), "leave one of them out"}
		}
	}
	if c.LAN && c.Data != "" {
		return &failure{exitRefused, errors.New("--lan with --data: the file may hold the demo's passwords and secrets, which everybody knows"), "leave one of them out"}
	}
	return nil
}

// openRecords opens what remembers, and what seals it. A new file is complete or not there.
func (s *devServer) openRecords(ctx context.Context) error {
	if s.cmd.Data == "" {
		var key [32]byte
		_, _ = rand.Read(key[:]) // never fails (crypto/rand)
		sealer, err := platform.NewSealer("dev", key[:])
		s.sealer, s.store = sealer, memory.New(memory.Config{})
		return err
	}
	if err := placeForData(s.cmd.Data); err != nil {
		return err
	}
	_, err := os.Stat(s.cmd.Data)
	isNew := errors.Is(err, fs.ErrNotExist)
	if s.sealer, err = s.dataKey(isNew); err != nil {
		return err
	}
	if isNew {
		if err := s.makeData(ctx); err != nil {
			return err
		}
	}
	st, err := sqlite.Open(ctx, sqlite.Config{Path: s.cmd.Data})
	if err != nil {
		return dataFailure(err)
	}
	s.store = st
	return nil
}

// placeForData refuses a path that no file can have, before a key is made for it.
func placeForData(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return &failure{exitConfig, fmt.Errorf("--data %s is a folder", path), "give the path of a file in it, such as " + filepath.Join(path, "tegata-dev.db")}
	}
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); err != nil {
		return &failure{exitConfig, fmt.Errorf("--data %s: %w", path, err), "make the folder: mkdir -m 700 " + folder}
	}
	return nil
}

// dataKey reads the key that seals the secrets in files of --data, one for all of a user's.
// It lies with the user's settings, never beside the data, and is not that of tegata serve:
// a file of serve cannot be opened here, where a persona logs in by one click.
func (s *devServer) dataKey(isNew bool) (platform.Sealer, error) {
	folders, err := userFolders()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folders.Config, "dev.key")
	key, err := masterkey.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !isNew:
		return nil, &failure{
			exitRefused, fmt.Errorf("--data %s: the key that seals it, %s, is not there", s.cmd.Data, path),
			"bring the key back, or give the path of a new file",
		}
	case errors.Is(err, fs.ErrNotExist):
		key, err = masterkey.Make(path)
	}
	if errors.Is(err, masterkey.ErrReadable) {
		return nil, &failure{exitRefused, fmt.Errorf("key of --data: %w", err), "chmod 600 " + path}
	}
	if err != nil {
		return nil, &failure{exitConfig, fmt.Errorf("key of --data: %w", err), "mend " + path + ", or move it away and give the path of a new file"}
	}
	return platform.NewSealers(key)
}

// makeData makes the file with the seed's world: elsewhere at first, so that a start that is
// broken off leaves no half of it.
func (s *devServer) makeData(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "tegata-dev-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	st, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(folder, "world.db")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	p, err := platform.New(ctx, s.config(st))
	if err != nil {
		return worldFailure(err)
	}
	if err := p.Close(); err != nil {
		return err
	}
	if err := st.Backup(ctx, s.cmd.Data); errors.Is(err, fs.ErrPermission) {
		return &failure{exitConfig, fmt.Errorf("--data %s: %s takes no file of this user", s.cmd.Data, filepath.Dir(s.cmd.Data)), "give the path of a file in a folder of yours"}
	} else if err != nil {
		return dataFailure(err)
	}
	return nil
}

func dataFailure(err error) error {
	if errors.Is(err, sqlite.ErrLocked) {
		return &failure{exitConfig, fmt.Errorf("--data: %w", err), "end the tegata that uses it, or give another file"}
	}
	return storeFailure(fmt.Errorf("--data: %w", err), exitConfig, "give --data the path of a file, or of a new one, in a folder of yours")
}

// worldFailure is the failure for a platform that does not start.
func worldFailure(err error) error {
	switch {
	case errors.Is(err, platform.ErrSealed):
		return &failure{exitRefused, fmt.Errorf("--data: the file is not of this user's tegata dev: %w", err), "give another file; a store of tegata serve is not for development"}
	case errors.Is(err, platform.ErrOtherWorld):
		return &failure{exitConfig, fmt.Errorf("--data: %w", err), "give the --seed that the file was made with, or another file"}
	}
	return &failure{exitConfig, err, "tegata dev --help shows the settings"}
}
