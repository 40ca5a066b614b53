package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/store"
)

// AMR values of ID tokens, as LINE names them.
const (
	Password = "pwd"           // e-mail address and password
	SSO      = "linesso"       // the session of the browser
	Auto     = "lineautologin" // LINE's app said who its user is
)

// The reasons for which a login is refused. None of them says whether the account
// exists.
var (
	ErrMissing = errors.New("e-mail address or password is empty")
	ErrFailed  = errors.New("e-mail address or password is wrong")
	// ErrBusy means too many wrong passwords for the account or from the address, or
	// more logins at once than the machine can hash in time.
	ErrBusy = errors.New("too many login attempts")
)

const (
	maxName     = 320  // bytes; the longest e-mail address
	maxPassword = 1024 // bytes
	hashWait    = 5 * time.Second
)

// Store is what a Service needs of the store.
type Store interface {
	Person(ctx context.Context, id string) (store.Person, error)
	PersonByLogin(ctx context.Context, emailOrHandle string) (store.Person, error)
	People(ctx context.Context) ([]store.Person, error)
	CreateSession(ctx context.Context, s store.Session) error
	Session(ctx context.Context, hash store.Hash, now time.Time) (store.Session, error)
	DeleteSession(ctx context.Context, hash store.Hash) error
}

// Config is what a Service needs.
type Config struct {
	Store Store
	Now   func() time.Time
	// CookieName names the session cookie. A name that begins with __Host- makes it
	// Secure also where the platform does not see its TLS.
	CookieName string
	// Failures counts wrong passwords where several nodes, and this one after a restart,
	// see them. It follows the wall clock. Nil: they are counted in this process, by a
	// monotonic clock.
	Failures store.Failures
	// Personas lets everybody log in as any person by one click. For development only.
	Personas bool
	// Random is what session secrets are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
}

// Service finds out who somebody is. It may be used from many goroutines.
type Service struct {
	cfg      Config
	slots    chan struct{} // one for each password that is hashed at a time
	waiting  atomic.Int64  // for a slot
	attempts attempts
	nobody   phc // hashed where there is no account, for the same work
}

// New returns a service.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Now == nil || cfg.CookieName == "" {
		return nil, errors.New("login: Store, Now and CookieName are required")
	}
	return &Service{
		cfg: cfg, slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0))),
		attempts: newAttempts(cfg),
		nobody: phc{
			memory: hashMemory, time: hashTime, threads: hashThreads,
			salt: make([]byte, saltBytes), key: make([]byte, keyBytes),
		},
	}, nil
}

// Known is somebody who has just logged in.
type Known struct {
	store.Authentication
	password string // the hash by which; "" if none was asked and the person has none
}

// Password logs in by e-mail address (or handle) and password. The error is
// ErrMissing, ErrFailed or ErrBusy for what the user did, any other for a fault of
// ours. An unknown account gets the same answer for the same work as a known one.
func (s *Service) Password(r *http.Request, emailOrHandle, password string) (Known, error) {
	name := strings.ToLower(strings.TrimSpace(emailOrHandle))
	if name == "" || password == "" {
		return Known{}, ErrMissing
	}
	if len(name) > maxName || len(password) > maxPassword {
		return Known{}, ErrFailed
	}
	// By what was typed, not by the person found: else the limit of an e-mail address
	// would tell which handle belongs to it.
	account, address := accountKey(name), Address(r)
	if err := s.attempts.allow(r.Context(), account, address); err != nil {
		return Known{}, err
	}
	if err := s.enter(r.Context()); err != nil {
		return Known{}, err
	}
	defer func() { <-s.slots }()
	// Again, since others may have failed while this one waited.
	if err := s.attempts.allow(r.Context(), account, address); err != nil {
		return Known{}, err
	}
	person, err := s.match(r.Context(), name, password)
	if errors.Is(err, ErrFailed) {
		// Also for who does not wait for the answer.
		if cerr := s.attempts.failed(context.WithoutCancel(r.Context()), account, address); cerr != nil {
			return Known{}, cerr
		}
	}
	if err != nil {
		return Known{}, err
	}
	return s.known(person), nil
}

func (s *Service) known(p store.Person) Known {
	return Known{store.Authentication{PersonID: p.ID, AMR: []string{Password}, Time: s.cfg.Now().UTC()}, p.PasswordHash}
}

// enter waits for a slot to hash in. Memory is what is scarce: each takes 19 MiB.
func (s *Service) enter(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ErrBusy
	}
}

// Load says how many passwords are hashed at this moment, and how many wait for that.
func (s *Service) Load() (hashing, waiting int) { return len(s.slots), int(s.waiting.Load()) }

// Hash hashes a new password, one of few at a time as those of logins; ErrBusy.
func (s *Service) Hash(ctx context.Context, password string) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.slots }()
	return HashPassword(password), nil
}

func (s *Service) match(ctx context.Context, name, password string) (store.Person, error) {
	person, err := s.cfg.Store.PersonByLogin(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Person{}, fmt.Errorf("look up account: %w", err)
	}
	if err != nil || person.PasswordHash == "" {
		s.nobody.derive(password, keyBytes)
		return store.Person{}, ErrFailed
	}
	ok, err := VerifyPassword(person.PasswordHash, password)
	if err != nil {
		return store.Person{}, fmt.Errorf("password of person %s: %w", person.ID, err)
	}
	if !ok {
		return store.Person{}, ErrFailed
	}
	return person, nil
}

// Persona logs in as a person by handle, without a password: ErrFailed if there is
// no such person or Personas is not set. It counts as a login by password.
func (s *Service) Persona(ctx context.Context, handle string) (Known, error) {
	if !s.cfg.Personas || handle == "" || len(handle) > maxName {
		return Known{}, ErrFailed
	}
	person, err := s.cfg.Store.PersonByLogin(ctx, handle)
	if errors.Is(err, store.ErrNotFound) || err == nil && person.Handle != handle {
		return Known{}, ErrFailed
	}
	if err != nil {
		return Known{}, fmt.Errorf("look up persona: %w", err)
	}
	return s.known(person), nil
}

// Personas returns those whom Persona logs in; none unless Config.Personas is set.
func (s *Service) Personas(ctx context.Context) ([]store.Person, error) {
	if !s.cfg.Personas {
		return nil, nil
	}
	people, err := s.cfg.Store.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("list personas: %w", err)
	}
	return people, nil
}

// Person returns one person; store.ErrNotFound.
func (s *Service) Person(ctx context.Context, id string) (store.Person, error) {
	return s.cfg.Store.Person(ctx, id)
}
