package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/internal/migration"
	"github.com/tegata-id/tegata/store/internal/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrLocked means that another process has the store open.
var ErrLocked = errors.New("another process has this store open: end it first, or give this one a file of its own")

// Config sets up a Store. Only Path is needed.
type Config struct {
	// Path is the file. It is made, with mode 0600, if it is not there; its folder must
	// be there. Beside it SQLite keeps FILE-wal, FILE-shm and FILE-lock.
	Path string
	// EventLimit is how many events are remembered. Zero or less means 100,000.
	EventLimit int
	// Readers is how many reads run at the same time. Zero or less means one for each
	// processor, at least four.
	Readers int
	// RefusePending makes Open fail with store.ErrSchemaPending where it would apply
	// steps of the schema.
	RefusePending bool
	// Now is the clock by which applied steps of the schema are dated; nil means
	// time.Now.
	Now func() time.Time

	// maxBatch is how many writes share one commit; zero means the ordinary number.
	maxBatch int
	// wrap, if it is set, stands between the verbs and the engine.
	wrap func(database.Engine) database.Engine
}

// complete fills in what a Config does not say.
func (c Config) complete() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Store is a store in one file. It implements store.Store; make it with Open. Its
// methods may be called from many goroutines.
type Store struct {
	*sqlstore.Store
	engine *engine
	path   string
}

var _ store.Store = (*Store)(nil)

// Open opens the store in a file, makes the file if it is not there, and applies the
// steps of the schema that it lacks. ErrLocked if another process has it open;
// store.ErrSchemaNewer, store.ErrSchemaOther, store.ErrSchemaPending. ctx bounds the
// opening only.
func Open(ctx context.Context, c Config) (*Store, error) {
	s, err := open(ctx, c.complete())
	if err != nil {
		return nil, fmt.Errorf("open SQLite store %s: %w", c.Path, err)
	}
	return s, nil
}

func open(ctx context.Context, c Config) (*Store, error) {
	e, err := openEngine(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := prepareSchema(ctx, e, c); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	e.start()
	var verbs database.Engine = e
	if c.wrap != nil {
		verbs = c.wrap(e)
	}
	return &Store{
		Store:  sqlstore.New(sqlstore.Config{Engine: verbs, EventLimit: c.EventLimit}),
		engine: e, path: c.Path,
	}, nil
}

// Ping says whether the store can be read and written. It writes only after the disk has
// refused a write, to see whether there is room again; else it only reads.
func (s *Store) Ping(ctx context.Context) error { return s.engine.ping(ctx) }

func prepareSchema(ctx context.Context, e *engine, c Config) error {
	schema, err := migration.Read(migrations)
	if err != nil {
		return err
	}
	if c.RefusePending {
		pending, err := e.pending(ctx, schema)
		if err == nil && len(pending) > 0 {
			err = store.ErrSchemaPending
		}
		return err
	}
	_, err = schema.Apply(ctx, e, c.Now)
	return err
}

// Pending gives the steps of the schema that Open or Migrate would apply to a file: all of
// them if it is not there. It changes nothing. Errors as those of Open.
func Pending(ctx context.Context, c Config) ([]store.Migration, error) {
	if _, err := os.Lstat(c.Path); errors.Is(err, fs.ErrNotExist) {
		schema, err := migration.Read(migrations)
		if err == nil {
			err = checkFolder(c.Path)
		}
		if err != nil {
			return nil, fmt.Errorf("schema of SQLite store %s: %w", c.Path, err)
		}
		return schema, nil
	}
	return onEngine(ctx, c, func(e *engine, schema migration.Steps) (migration.Steps, error) {
		return e.pending(ctx, schema)
	})
}

// Migrate applies the steps of the schema that a file lacks, and gives them. Errors as
// those of Open.
func Migrate(ctx context.Context, c Config) ([]store.Migration, error) {
	c = c.complete()
	return onEngine(ctx, c, func(e *engine, schema migration.Steps) (migration.Steps, error) {
		return schema.Apply(ctx, e, c.Now)
	})
}

// onEngine runs f on a file that no store works on.
func onEngine(ctx context.Context, c Config, f func(*engine, migration.Steps) (migration.Steps, error)) (steps []store.Migration, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("schema of SQLite store %s: %w", c.Path, err)
		}
	}()
	schema, err := migration.Read(migrations)
	if err != nil {
		return nil, err
	}
	e, err := openEngine(ctx, c)
	if err != nil {
		return nil, err
	}
	done, err := f(e, schema)
	return done, errors.Join(err, e.Close())
}
