package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store"
)

// opens tries the master keys of the settings on a key ring and gives the name of the
// first. why says what it was that nothing was tried for. It never makes a key.
func opens(s *setting.Settings, ring store.KeyRing) (id, why string, err error) {
	if len(ring.Keys) == 0 {
		return "", "it holds no keys, as before the first start of tegata serve, or after a copy that was broken off", nil
	}
	first, err := firstKey(s)
	if errors.Is(err, fs.ErrNotExist) && s.MasterKey.File == "" {
		return "", "there is none at " + filepath.Join(s.Folder, "master.key") + "; give --master-key-file, or " + setting.EnvMasterKey + " in the environment", nil
	}
	if err != nil {
		return "", "", keyFailed(err)
	}
	all := [][]byte{first}
	for _, path := range s.MasterKey.Old {
		old, err := masterkey.Read(path)
		if err != nil {
			return "", "", keyFailed(err)
		}
		all = append(all, old)
	}
	sealer, err := platform.NewSealers(all...)
	if err != nil {
		return "", "", &exit.Error{Code: exit.Config, Err: err, Next: "give each master key once"}
	}
	if err := platform.CheckKeyRing(sealer, ring); err != nil {
		return "", "", &exit.Error{
			Code: exit.Negative, Err: fmt.Errorf("the master key does not open it: %w", err),
			Next: "give the master key of the time of the backup as --master-key-file; after a rotation, the one before as --master-key-old",
		}
	}
	return platform.MasterKeyID(first), "", nil
}

func firstKey(s *setting.Settings) ([]byte, error) {
	switch {
	case s.MasterKey.Value != "":
		return masterkey.Parse(s.MasterKey.Value)
	case s.MasterKey.File != "":
		return masterkey.Read(s.MasterKey.File)
	}
	return masterkey.Read(filepath.Join(s.Folder, "master.key"))
}

func keyFailed(err error) error {
	err = fmt.Errorf("master key: %w", err)
	if errors.Is(err, masterkey.ErrReadable) {
		return &exit.Error{Code: exit.Refused, Err: err, Next: "chmod 600 the file; if others may have read it, rotate the key as docs/operate.md says"}
	}
	return &exit.Error{Code: exit.Config, Err: err, Next: "give --master-key-file the file with the master key of this store"}
}
