package login

import (
	"crypto/sha256"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"golang.org/x/time/rate"
)

// How many wrong passwords are taken. A right one costs nothing, so that many may
// log in from one address. The clock of package rate is monotonic: it does not follow
// the platform's, which development may stop.
const (
	accountBurst = 10
	addressBurst = 100
	maxKept      = 1 << 16 // limiters kept per table

	accountRate rate.Limit = 1.0 / 20 // one more every 20 s
	addressRate rate.Limit = 1        // one more every second
)

type limitKey [sha256.Size]byte

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

// addressKey is of the peer's address; of IPv6 the network counts, which one
// subscriber has to himself.
func addressKey(r *http.Request) limitKey {
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
