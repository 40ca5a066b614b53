package login

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tegata-id/tegata/store"
)

// How many wrong passwords are taken. A right one costs nothing, so that many may
// log in from one address. The clock of package rate is monotonic: it does not follow
// the platform's, which development may stop.
const (
	accountBurst = 10
	addressBurst = 100
	maxKept      = 1 << 16 // limiters kept per table

	accountCost = 20 * time.Second // one more every 20 s
	addressCost = time.Second      // one more every second

	accountRate rate.Limit = 1 / rate.Limit(accountCost/time.Second)
	addressRate rate.Limit = 1 / rate.Limit(addressCost/time.Second)
)

type limitKey = store.Hash

// attempts bounds wrong passwords per account and per address.
type attempts interface {
	// allow is ErrBusy if there were too many; any other error is a fault of ours.
	allow(ctx context.Context, account, address limitKey) error
	// failed counts one more.
	failed(ctx context.Context, account, address limitKey) error
}

func newAttempts(cfg Config) attempts {
	if cfg.Failures != nil {
		return sharedAttempts{cfg.Failures, cfg.Now}
	}
	return ownAttempts{newLimits(accountRate, accountBurst, maxKept), newLimits(addressRate, addressBurst, maxKept)}
}

// ownAttempts counts in this process.
type ownAttempts struct{ accounts, addresses *limits }

func (a ownAttempts) allow(_ context.Context, account, address limitKey) error {
	if !a.accounts.open(account) || !a.addresses.open(address) {
		return ErrBusy
	}
	return nil
}

func (a ownAttempts) failed(_ context.Context, account, address limitKey) error {
	a.accounts.count(account)
	a.addresses.count(address)
	return nil
}

// sharedAttempts counts in the store, by the same numbers. Logins that are under way at
// the same moment, as many as all nodes hash at once, may go beyond them.
type sharedAttempts struct {
	failures store.Failures
	now      func() time.Time
}

func (a sharedAttempts) allow(ctx context.Context, account, address limitKey) error {
	now := a.now().UTC()
	until, err := a.failures.FailuresUntil(ctx, []store.Hash{sharedKey("account", account), sharedKey("address", address)}, now)
	if err != nil {
		return fmt.Errorf("count failed logins: %w", err)
	}
	if until[0].Sub(now) > (accountBurst-1)*accountCost || until[1].Sub(now) > (addressBurst-1)*addressCost {
		return ErrBusy
	}
	return nil
}

func (a sharedAttempts) failed(ctx context.Context, account, address limitKey) error {
	now := a.now().UTC()
	_, err1 := a.failures.AddFailure(ctx, sharedKey("account", account), now, accountCost)
	_, err2 := a.failures.AddFailure(ctx, sharedKey("address", address), now, addressCost)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("count failed logins: %w", err)
	}
	return nil
}

// sharedKey keeps accounts and addresses apart, which lie in one table.
func sharedKey(kind string, key limitKey) store.Hash {
	return sha256.Sum256(append([]byte("failed login "+kind+" "), key[:]...))
}

// limits is a table of limiters of bounded size. Those that are full again say
// nothing and are dropped when room is needed; if there is none, the rest share one.
type limits struct {
	every rate.Limit
	burst int
	max   int

	mu       sync.Mutex // guards what follows
	kept     map[limitKey]*rate.Limiter
	overflow *rate.Limiter
	refused  int // since the table was last looked through
}

func newLimits(every rate.Limit, burst, most int) *limits {
	return &limits{
		every: every, burst: burst, max: most,
		kept: map[limitKey]*rate.Limiter{}, overflow: rate.NewLimiter(every, burst),
	}
}

// open says whether one more attempt may be made.
func (l *limits) open(k limitKey) bool {
	l.mu.Lock()
	lim := l.kept[k]
	if lim == nil && len(l.kept) >= l.max {
		lim = l.overflow
	}
	l.mu.Unlock()
	return lim == nil || lim.Tokens() >= 1
}

// count counts a wrong attempt.
func (l *limits) count(k limitKey) {
	l.mu.Lock()
	lim := l.kept[k]
	if lim == nil {
		if l.room() {
			lim = rate.NewLimiter(l.every, l.burst)
			l.kept[k] = lim
		} else {
			lim = l.overflow
		}
	}
	l.mu.Unlock()
	lim.Allow()
}

// room says whether one more limiter may be kept. The caller holds the lock. A full
// table is looked through now and then only, since that takes milliseconds.
func (l *limits) room() bool {
	if len(l.kept) < l.max {
		return true
	}
	if l.refused++; l.refused%1024 != 1 {
		return false
	}
	for k, lim := range l.kept {
		if lim.Tokens() >= float64(l.burst) {
			delete(l.kept, k)
		}
	}
	return len(l.kept) < l.max
}

func accountKey(name string) limitKey { return sha256.Sum256([]byte(name)) }

// Address returns the key of the peer's address, by which one client's requests are
// counted together; of IPv6 the network counts, which one subscriber has to himself.
func Address(r *http.Request) store.Hash {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap()
		if a.Is6() {
			if p, err := a.WithZone("").Prefix(64); err == nil {
				return sha256.Sum256([]byte(p.String()))
			}
		}
		host = a.String()
	}
	return sha256.Sum256([]byte(host))
}
