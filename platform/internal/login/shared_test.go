package login_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// node is one of several that count failed logins together.
func node(t *testing.T, people login.Store, failures store.Failures, now func() time.Time) *login.Service {
	t.Helper()
	svc, err := login.New(login.Config{Store: people, Failures: failures, Now: now, CookieName: "session"})
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

// TestSharedLimits: wrong passwords at one node count at every other, per account and per
// address, and time lets new ones through.
func TestSharedLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	counted, now := memory.New(memory.Config{}), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock := func() time.Time { return now }
	a, b := node(t, w.st, counted, clock), node(t, w.st, counted, clock)
	for n := range 10 {
		svc := []*login.Service{a, b}[n%2]
		if _, err := svc.Password(from("192.0.2.1:1"), "hanako", "wrong"); !errors.Is(err, login.ErrFailed) {
			t.Fatalf("wrong password %d: %v, want ErrFailed", n, err)
		}
	}
	for name, svc := range map[string]*login.Service{"a": a, "b": b, "a third": node(t, w.st, counted, clock)} {
		if _, err := svc.Password(from("198.51.100.7:1"), "hanako", "demo"); !errors.Is(err, login.ErrBusy) {
			t.Errorf("node %s, behind the limit: %v, want ErrBusy", name, err)
		}
	}
	if _, err := b.Password(from("192.0.2.1:1"), "hanako@example.com", "demo"); err != nil {
		t.Errorf("another name from the same address: %v", err)
	}
	now = now.Add(19 * time.Second)
	if _, err := a.Password(from("192.0.2.1:1"), "hanako", "demo"); !errors.Is(err, login.ErrBusy) {
		t.Errorf("after 19 s: %v, want ErrBusy", err)
	}
	now = now.Add(time.Second)
	if _, err := a.Password(from("192.0.2.1:1"), "hanako", "wrong"); !errors.Is(err, login.ErrFailed) {
		t.Errorf("after 20 s: %v, want one attempt more", err)
	}
	if _, err := b.Password(from("192.0.2.1:1"), "hanako", "demo"); !errors.Is(err, login.ErrBusy) {
		t.Errorf("after that attempt: %v, want ErrBusy", err)
	}
}

// TestSharedLimitOfAddress: many accounts from one address are bounded at all nodes.
func TestSharedLimitOfAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	counted, now := memory.New(memory.Config{}), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := node(t, w.st, counted, func() time.Time { return now })
	for n := 1; n <= 100; n++ {
		more, err := a.CountFailure(from("192.0.2.1:1"), fmt.Sprint("nobody", n))
		if err != nil || more != (n < 100) {
			t.Fatalf("after %d wrong passwords for other accounts: another may follow: %v (%v)", n, more, err)
		}
	}
	b := node(t, w.st, counted, func() time.Time { return now })
	if _, err := b.Password(from("192.0.2.1:1"), "hanako", "demo"); !errors.Is(err, login.ErrBusy) {
		t.Errorf("the same address at another node: %v, want ErrBusy", err)
	}
	if _, err := b.Password(from("192.0.2.2:1"), "hanako", "demo"); err != nil {
		t.Errorf("another address: %v", err)
	}
}

// failing are failures that cannot be counted.
type failing struct {
	store.Failures
	read, write error
}

func (f failing) FailuresUntil(ctx context.Context, keys []store.Hash, now time.Time) ([]time.Time, error) {
	if f.read != nil {
		return nil, f.read
	}
	return f.Failures.FailuresUntil(ctx, keys, now)
}

func (f failing) AddFailure(ctx context.Context, key store.Hash, now time.Time, cost time.Duration) (time.Time, error) {
	if f.write != nil {
		return time.Time{}, f.write
	}
	return f.Failures.AddFailure(ctx, key, now, cost)
}

// TestSharedLimitsFailClosed: who cannot count lets nobody guess.
func TestSharedLimitsFailClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	disk := errors.New("disk")
	counted := memory.New(memory.Config{})
	if _, err := node(t, w.st, failing{Failures: counted, read: disk}, time.Now).Password(from("192.0.2.1:1"), "hanako", "demo"); !errors.Is(err, disk) {
		t.Errorf("limits that cannot be read: %v, want the fault", err)
	}
	if _, err := node(t, w.st, failing{Failures: counted, write: disk}, time.Now).Password(from("192.0.2.1:1"), "hanako", "wrong"); !errors.Is(err, disk) || errors.Is(err, login.ErrFailed) {
		t.Errorf("a failure that cannot be counted: %v, want the fault, and not whether the password was wrong", err)
	}
}
