package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/store"
)

// fileVersion is that of the files that Export writes.
const fileVersion = 1

// maxSnapshots bounds how many snapshots are kept.
const maxSnapshots = 100

// File is the state of a platform as a file. Its secrets and keys are in clear text, so
// that another platform can take it: it is for development only.
type File struct {
	Version int       `json:"tegataState"`
	Time    time.Time `json:"time"` // by the platform's clock
	// Random is where the random streams stood, for runs that are repeatable.
	Random entropy.Position `json:"random,omitempty"`
	State  *store.State     `json:"state"`
}

// whole returns the engine, if its state can be taken and set.
func (l *Running) whole() (store.Stateful, error) {
	s, ok := l.cfg.Store.(store.Stateful)
	if !ok {
		return nil, bad("the state of this platform is kept in a database, which is not reset, exported or imported as a whole", "start tegata dev without --data, so that the state is in memory; or end it and copy the file")
	}
	return s, nil
}

// moment takes how the platform is now.
func (l *Running) moment(ctx context.Context) (*moment, error) {
	engine, err := l.whole()
	if err != nil {
		return nil, err
	}
	state, err := engine.State(ctx)
	if err != nil {
		return nil, fmt.Errorf("take state: %w", err)
	}
	at, err := l.cfg.Random.Position()
	if err != nil {
		return nil, err
	}
	return &moment{state, at}, nil
}

// goBack makes the platform be as it was at a moment.
func (l *Running) goBack(ctx context.Context, m *moment) error {
	engine, err := l.whole()
	if err != nil {
		return err
	}
	if err := engine.SetState(ctx, m.state); err != nil {
		return fmt.Errorf("set state: %w", err)
	}
	if l.cfg.Forget != nil {
		l.cfg.Forget()
	}
	if l.cfg.Random != nil {
		if err := l.cfg.Random.Seek(m.random); err != nil {
			return err
		}
	}
	if err := l.cfg.Ring.Reset(ctx); err != nil {
		return fmt.Errorf("keys of the state: %w", err)
	}
	return nil
}

// Begin makes how the platform is now what Reset goes back to, if the engine can give its
// state.
func (l *Running) Begin(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.start == nil {
		return nil
	}
	m, err := l.moment(ctx)
	if err == nil {
		l.start = m
	}
	return err
}

// Reset makes the platform be as it was when it started, or at the last Begin: state,
// keys, clock and random streams; there is no fault, no LIFF app is open, and no request
// is remembered. Snapshots stay.
func (l *Running) Reset(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.start == nil {
		_, err := l.whole()
		return err
	}
	l.cfg.Faults.Reset()
	if _, err := l.cfg.Clock.Change(control.ClockChange{Do: control.ClockReset}); err != nil {
		return err
	}
	return l.goBack(ctx, l.start)
}

// Snapshot keeps the state, the keys and the random streams as they are now.
func (l *Running) Snapshot(ctx context.Context) (control.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.snapshots) >= maxSnapshots {
		return control.Snapshot{}, bad(fmt.Sprintf("there are %d snapshots already", maxSnapshots), "delete some")
	}
	m, err := l.moment(ctx)
	if err != nil {
		return control.Snapshot{}, err
	}
	l.last++
	id := strconv.Itoa(l.last)
	l.snapshots[id] = m
	return control.Snapshot{ID: id}, nil
}

// Restore makes state, keys and random streams be as they were at a snapshot, which
// stays. Clock and faults stay as they are.
func (l *Running) Restore(ctx context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, ok := l.snapshots[id]
	if !ok {
		return noSnapshot(id)
	}
	return l.goBack(ctx, m)
}

// DeleteSnapshot forgets a snapshot.
func (l *Running) DeleteSnapshot(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.snapshots[id]; !ok {
		return noSnapshot(id)
	}
	delete(l.snapshots, id)
	return nil
}

func noSnapshot(id string) error {
	return missing(fmt.Sprintf("there is no snapshot %q", id), "make one first: POST "+control.PathLabSnapshots)
}

// Export returns the state as a file.
func (l *Running) Export(ctx context.Context) (*File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, err := l.moment(ctx)
	if err != nil {
		return nil, err
	}
	for i, c := range m.state.Channels {
		for j, secret := range c.Secrets {
			plain, err := l.cfg.Sealer.Open("channel", c.ID, "secret", secret.Sealed)
			if err != nil {
				return nil, fmt.Errorf("secret of channel %s: %w", c.ID, err)
			}
			m.state.Channels[i].Secrets[j].Sealed = plain
		}
	}
	for i, k := range m.state.KeyRing.Keys {
		if m.state.KeyRing.Keys[i].Sealed, err = l.cfg.Ring.Plain(k); err != nil {
			return nil, err
		}
	}
	return &File{Version: fileVersion, Time: l.cfg.Clock.Now().UTC(), Random: m.random, State: m.state}, nil
}

// Import makes the platform be as a file says. The error is a *control.Error for a file
// that cannot be; then everything is as before. The clock stays as it is.
func (l *Running) Import(ctx context.Context, data []byte) error {
	f, err := readFile(data)
	if err != nil {
		return err
	}
	if err := l.seal(f.State); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before, err := l.moment(ctx)
	if err != nil {
		return err
	}
	m := &moment{state: f.State, random: f.Random}
	if l.cfg.Random == nil {
		m.random = nil
	}
	if err := l.goBack(ctx, m); err != nil {
		return errors.Join(bad("the file's keys or random streams are not whole: "+err.Error(), "take a file that export has written, unchanged"), l.goBack(ctx, before))
	}
	return nil
}

// readFile reads what Export has written.
func readFile(data []byte) (*File, error) {
	const fix = "take a file that export of this version has written"
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	var f File
	if err := in.Decode(&f); err != nil {
		return nil, bad("the state cannot be read: "+err.Error(), fix)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, bad("something follows the state", fix)
	}
	if f.Version != fileVersion || f.State == nil {
		return nil, bad(fmt.Sprintf("a state of version %d; want %d", f.Version, fileVersion), fix)
	}
	return &f, nil
}

// seal seals the secrets and keys of a state that came from a file.
func (l *Running) seal(state *store.State) error {
	for i, c := range state.Channels {
		for j, secret := range c.Secrets {
			sealed, err := l.cfg.Issue.SealSecret(c.ID, string(secret.Sealed))
			if err != nil {
				return err
			}
			state.Channels[i].Secrets[j].Sealed = sealed
		}
	}
	for i, k := range state.KeyRing.Keys {
		sealed, err := l.cfg.Ring.Seal(k, k.Sealed)
		if err != nil {
			return err
		}
		state.KeyRing.Keys[i] = sealed
	}
	return nil
}

// bad is the refusal of what was asked for.
func bad(message, fix string) error {
	return &control.Error{Status: http.StatusBadRequest, Code: "bad_request", Message: message, Fix: fix}
}

func missing(message, fix string) error {
	return &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: message, Fix: fix}
}
