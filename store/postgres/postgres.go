package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/internal/migration"
	"github.com/tegata-id/tegata/store/internal/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	defaultStatementTimeout = 5 * time.Second
	defaultLockTimeout      = 3 * time.Second
	// idleTimeout ends a transaction whose node has stopped, or gone away without a word. It
	// is shorter than the wait for a row: so others wait for what that node holds, such as a
	// counter, and do not fail. A node that was only slow tries again.
	idleTimeout = 2 * time.Second
	// silence is how long a server may be silent beyond what its statements take.
	silence = 15 * time.Second
)

// Config sets up a Store. Only URL is needed.
type Config struct {
	// URL names the database: postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full,
	// or the same as key=value. What it does not say is taken from libpq's environment
	// (PGHOST, PGPASSWORD, …) and password file. Several hosts may be named; those that are
	// standbys are never asked.
	URL string
	// EventLimit is how many events are remembered. Zero or less means 100,000.
	EventLimit int
	// MaxConns is how many connections this node keeps at most. Zero or less means
	// what the URL says in pool_max_conns, else one for each processor, at least four.
	// One more looks at the log of revocations.
	MaxConns int
	// StatementTimeout is how long a statement may run and LockTimeout how long it may
	// wait for a row. Zero means 5 s and 3 s. Less than zero leaves it to the server,
	// which is needed behind a pooler that knows no such parameters.
	StatementTimeout, LockTimeout time.Duration
	// RefusePending makes Open fail with store.ErrSchemaPending where it would apply
	// steps of the schema.
	RefusePending bool
	// Now is the clock by which applied steps of the schema are dated; nil means
	// time.Now.
	Now func() time.Time

	// wrap, if it is set, stands between the verbs and the engine.
	wrap func(database.Engine) database.Engine
	// elapsed tells elapsed time; nil means time.Now.
	elapsed func() time.Time
}

// complete fills in what a Config does not say.
func (c Config) complete() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.elapsed == nil {
		c.elapsed = time.Now
	}
	return c
}

// Store is a store on a PostgreSQL server. It implements store.Store; make it with
// Open. Its methods may be called from many goroutines.
type Store struct {
	*sqlstore.Store
	engine *engine
}

var _ store.Store = (*Store)(nil)

// Open connects to a database and applies the steps of the schema that it lacks; of
// several nodes that open it at once, one does. store.ErrSchemaNewer,
// store.ErrSchemaOther, store.ErrSchemaPending. No error tells the password. ctx bounds
// the opening only.
func Open(ctx context.Context, c Config) (*Store, error) {
	c = c.complete()
	e, schema, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := prepareSchema(ctx, e, schema, c); err != nil {
		return nil, errors.Join(fmt.Errorf("open PostgreSQL store: %w", err), e.Close())
	}
	var verbs database.Engine = e
	if c.wrap != nil {
		verbs = c.wrap(e)
	}
	return &Store{Store: sqlstore.New(sqlstore.Config{Engine: verbs, EventLimit: c.EventLimit, Log: e}), engine: e}, nil
}

// Ping says whether the server answers and takes writes, and had room for them in the last
// seconds.
func (s *Store) Ping(ctx context.Context) error { return s.engine.ping(ctx) }

func prepareSchema(ctx context.Context, e *engine, schema migration.Steps, c Config) error {
	pending, err := e.pending(ctx, schema)
	switch {
	case err != nil:
		return err
	case len(pending) > 0 && c.RefusePending:
		return store.ErrSchemaPending
	}
	_, err = schema.Apply(ctx, e, c.Now)
	return err
}

// Pending gives the steps of the schema that Open or Migrate would apply to a database.
// It changes nothing. Errors as those of Open.
func Pending(ctx context.Context, c Config) ([]store.Migration, error) {
	return onEngine(ctx, c, func(e *engine, schema migration.Steps) (migration.Steps, error) {
		return e.pending(ctx, schema)
	})
}

// Migrate applies the steps of the schema that a database lacks, and gives them. Errors
// as those of Open.
func Migrate(ctx context.Context, c Config) ([]store.Migration, error) {
	c = c.complete()
	return onEngine(ctx, c, func(e *engine, schema migration.Steps) (migration.Steps, error) {
		return schema.Apply(ctx, e, c.Now)
	})
}

// onEngine runs f on a database and leaves it.
func onEngine(ctx context.Context, c Config, f func(*engine, migration.Steps) (migration.Steps, error)) ([]store.Migration, error) {
	e, schema, err := connect(ctx, c.complete())
	if err != nil {
		return nil, err
	}
	done, err := f(e, schema)
	if err != nil {
		err = fmt.Errorf("schema of PostgreSQL store: %w", err)
	}
	return done, errors.Join(err, e.Close())
}

// connect makes an engine without looking at the schema of the database.
func connect(ctx context.Context, c Config) (*engine, migration.Steps, error) {
	schema, err := migration.Read(migrations)
	if err != nil {
		return nil, nil, err
	}
	pool, err := poolConfig(c)
	if err != nil {
		return nil, nil, fmt.Errorf("open PostgreSQL store: %w", err)
	}
	e := &engine{password: pool.ConnConfig.Password, work: workTime(c), read: 2 * statementTime(c), health: health{elapsed: c.elapsed}}
	one := pool.Copy()
	one.MaxConns, one.MinConns, one.MinIdleConns = 1, 0, 0
	if e.pool, err = pgxpool.NewWithConfig(ctx, pool); err == nil {
		if e.log, err = pgxpool.NewWithConfig(ctx, one); err == nil {
			err = e.ping(ctx)
		}
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open PostgreSQL store: %w", e.clean(err)), e.Close())
	}
	return e, schema, nil
}

// errURL stands for every error of parsing a URL: theirs repeat parts of it, and a
// password may be in any part of what cannot be parsed.
var errURL = errors.New("the URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, with the special characters of the password percent-encoded")

// poolConfig reads the URL and sets what it does not say.
func poolConfig(c Config) (*pgxpool.Config, error) {
	if strings.TrimSpace(c.URL) == "" {
		return nil, errors.New("no URL: give postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	pool, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errURL
	}
	pool.ConnConfig.ValidateConnect = primary(pool.ConnConfig.ValidateConnect)
	if c.MaxConns > 0 {
		pool.MaxConns = int32(min(c.MaxConns, 1<<15))
	}
	params := pool.ConnConfig.RuntimeParams
	set := func(name, value string) {
		if _, ok := params[name]; !ok {
			params[name] = value
		}
	}
	set("application_name", "tegata")
	for name, d := range map[string]time.Duration{
		"statement_timeout":                   orDefault(c.StatementTimeout, defaultStatementTimeout),
		"lock_timeout":                        orDefault(c.LockTimeout, defaultLockTimeout),
		"idle_in_transaction_session_timeout": idleTimeout,
	} {
		if d > 0 && c.StatementTimeout >= 0 {
			set(name, strconv.FormatInt(d.Milliseconds(), 10))
		}
	}
	if pool.ConnConfig.ConnectTimeout == 0 {
		pool.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	return pool, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// statementTime is how long this side reckons a statement to take at most.
func statementTime(c Config) time.Duration {
	d := orDefault(c.StatementTimeout, defaultStatementTimeout)
	if d < 0 {
		d = defaultStatementTimeout
	}
	return d
}

// workTime is how long a verb may take once it has a connection: several statements,
// and the answer of a server that may have gone away.
func workTime(c Config) time.Duration { return 2*statementTime(c) + silence }

// readCommitted is how every transaction begins, whatever the server's default is.
func readCommitted() pgx.TxOptions { return pgx.TxOptions{IsoLevel: pgx.ReadCommitted} }
