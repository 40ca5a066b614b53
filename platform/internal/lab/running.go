package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/lab/fault"
	"github.com/tegata-id/tegata/platform/internal/lab/mint"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Config is what a Running needs; every field but Random and Forget is required.
type Config struct {
	Store  store.Store
	Issue  *issue.Service
	Ring   *keyring.Ring
	Sealer keyring.Sealer
	Clock  *Clock
	Faults *fault.Set
	Base   router.Base // the configured one
	// User and Channel are whom tokens and troubles are about if that is not said: the
	// first ones of the seed.
	User, Channel string
	// Random is where the platform's random bytes come from; nil: crypto/rand.
	Random *entropy.Streams
	// Forget drops what the platform keeps in memory beside the store, such as the LIFF
	// apps that are open. It is called when the state goes back.
	Forget func()
}

// Running is the lab of a running platform. Its methods are what the lab API does, for
// Go. It may be used from many goroutines.
type Running struct {
	cfg    Config
	minter *mint.Minter

	mu        sync.Mutex // guards what follows, and keeps changes of the whole state apart
	start     *moment    // nil: the engine cannot give its state
	snapshots map[string]*moment
	last      int
}

// moment is what a platform goes back to.
type moment struct {
	state  *store.State
	random entropy.Position
}

// New returns the lab of a platform that is ready to serve: to how it is now, Reset
// goes back.
func New(ctx context.Context, cfg Config) (*Running, error) {
	l := &Running{cfg: cfg, snapshots: map[string]*moment{}}
	l.minter = &mint.Minter{
		Store: cfg.Store, Issue: cfg.Issue, Ring: cfg.Ring, Now: cfg.Clock.Platform, Base: cfg.Base,
		User: cfg.User, Channel: cfg.Channel, UserID: UserID,
	}
	if _, ok := cfg.Store.(store.Stateful); ok {
		var err error
		if l.start, err = l.moment(ctx); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Now is the platform's clock, without what the fault skew adds to it.
func (l *Running) Now() time.Time { return l.cfg.Clock.Now() }

// Clock says how the clock stands.
func (l *Running) Clock() control.Clock { return l.cfg.Clock.State() }

// ChangeClock moves the clock. The error is a *control.Error for what cannot be done.
func (l *Running) ChangeClock(ctx context.Context, change control.ClockChange) (control.Clock, error) {
	now, err := l.cfg.Clock.Change(change)
	if err != nil {
		return control.Clock{}, bad(err.Error(), "read "+control.PathLabAPI+" for what a clock can do")
	}
	// Keys that had expired may be good again.
	if err := l.cfg.Ring.Reset(ctx); err != nil {
		return control.Clock{}, fmt.Errorf("keys of another time: %w", err)
	}
	return now, nil
}

// Mint makes a token. The error is a *control.Error for what cannot be.
func (l *Running) Mint(ctx context.Context, m control.Mint) (*control.Minted, error) {
	return l.minter.Mint(ctx, m)
}

// Revoke ends an access token or a refresh token. The error is a *control.Error if there
// is no such token.
func (l *Running) Revoke(ctx context.Context, t control.TokenRef) error {
	cause := t.Cause
	if cause == "" {
		cause = "revoke"
	}
	if len(cause) > maxCause {
		return bad("cause is too long", "give a word, such as close")
	}
	err := l.cfg.Issue.Revoke(ctx, t.Token, cause)
	if errors.Is(err, store.ErrNotFound) {
		return missing("the token is no access token and no refresh token of this platform", "give it as it was issued; an ID token cannot be revoked")
	}
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	return nil
}

const maxCause = 40

// RotateKeys makes the next key sign ID tokens, and publishes a new next one.
func (l *Running) RotateKeys(ctx context.Context) error { return l.cfg.Ring.Rotate(ctx) }

// AddFault puts a fault in force. The error is a *control.Error for what cannot be.
func (l *Running) AddFault(ctx context.Context, f control.Fault) (control.Fault, error) {
	return l.cfg.Faults.Add(ctx, f)
}

// Faults returns the faults in force.
func (l *Running) Faults() control.Faults { return l.cfg.Faults.List() }

// RemoveFault ends one fault. The error is a *control.Error if there is none.
func (l *Running) RemoveFault(id string) error { return l.cfg.Faults.Remove(id) }

// ClearFaults ends every fault.
func (l *Running) ClearFaults() { l.cfg.Faults.Clear() }

// Trigger lets a named trouble befall somebody. The error is a *control.Error for what
// cannot be.
func (l *Running) Trigger(ctx context.Context, name string, t control.Trigger) (*control.Triggered, error) {
	return l.cfg.Faults.Trigger(ctx, name, t)
}

// IsTrouble says whether there is a named trouble of this name that is not also the
// effect of a rule.
func (l *Running) IsTrouble(name string) bool { return fault.IsTrouble(name) }

// Requests returns what the platform was asked after a sequence number, of one endpoint
// unless that is empty, the oldest first.
func (l *Running) Requests(after int64, endpoint string) control.Requests {
	return l.cfg.Faults.Requests(after, endpoint)
}

// Text returns a secret for a test: 40 hexadecimal digits that follow from the seed if the
// run is repeatable.
func (l *Running) Text() string {
	var raw [20]byte
	l.cfg.Random.Source("test").Fill(raw[:])
	return hex.EncodeToString(raw[:])
}

// Streams returns the random streams of a run that is repeatable, and what its keys are
// derived from; nothing for the empty seed.
func Streams(seed string) (random *entropy.Streams, keys []byte) {
	if seed == "" {
		return nil, nil
	}
	sum := sha256.Sum256([]byte("tegata deterministic keys\x00" + seed))
	return entropy.Derive([]byte(seed)), []byte(hex.EncodeToString(sum[:]))
}
