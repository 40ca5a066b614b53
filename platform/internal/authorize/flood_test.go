package authorize_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/authorize"
	"github.com/tegata-id/tegata/platform/internal/lobby"
	"github.com/tegata-id/tegata/store"
)

// from makes the server see the address that a header of the test names.
func (w *world) from() {
	next := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if a := r.Header.Get("Test-Address"); a != "" {
			r.RemoteAddr = a + ":1"
		}
		next.ServeHTTP(rw, r)
	})
}

func (b *browser) begin(address string, q url.Values) answer {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, b.w.URL+"/oauth2/v2.1/authorize?"+q.Encode(), nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header.Set("Test-Address", address)
	return b.send(r)
}

// noting remembers which login transactions were made, and cannot drop any if broken.
type noting struct {
	store.Store
	made   []store.Hash
	broken bool
}

func (n *noting) CreateTransaction(ctx context.Context, t store.Transaction) error {
	n.made = append(n.made, t.Hash)
	return n.Store.CreateTransaction(ctx, t)
}

func (n *noting) DropTransaction(ctx context.Context, hash store.Hash) error {
	if n.broken {
		return errors.New("the disk is gone")
	}
	return n.Store.DropTransaction(ctx, hash)
}

// kept is how many of them are in the store.
func (n *noting) kept(w *world) (kept int) {
	w.t.Helper()
	for _, hash := range n.made {
		switch _, err := n.Transaction(w.t.Context(), hash, w.now()); {
		case err == nil, errors.Is(err, store.ErrUsed):
			kept++
		case !errors.Is(err, store.ErrNotFound):
			w.t.Fatal(err)
		}
	}
	return kept
}

// bounded gives the world a lobby, and tells of its login transactions.
func (w *world) bounded(c lobby.Config) *noting {
	w.t.Helper()
	c.Life = authorize.TransactionLife
	if c.Now == nil {
		c.Now = time.Now
	}
	l, err := lobby.New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	st := &noting{Store: w.st}
	w.end.Lobby, w.end.Store = l, st
	w.from()
	return st
}

// TestFlood: a stranger who begins logins without end fills nothing and keeps nobody out, and
// somebody who has logged in goes on to the end.
func TestFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const room = 100_000
	st := w.bounded(lobby.Config{Room: room, Burst: 1 << 20})
	first, second, attacker := w.browser(), w.browser(), w.browser()

	atLogin := first.step(first.begin("192.0.2.1", request("scope", "profile openid email")))
	atConsent := second.logIn(second.step(second.begin("192.0.2.1", request("scope", "profile openid email"))), "taro")
	if !strings.HasPrefix(atConsent.location, "/oauth2/v2.1/authorize/consent") {
		t.Fatalf("got %d to %q, want the consent page", atConsent.status, atConsent.location)
	}
	var floods []string
	for n := range 500 {
		// A long state makes each row large; half of the flood comes from a network of IPv6.
		address := "198.51.100.7"
		if n%2 > 0 {
			address = fmt.Sprintf("[2001:db8:1:2::%x]", n)
		}
		floods = append(floods, attacker.step(attacker.begin(address, request("state", strings.Repeat("s", 900)))))
	}
	if n := st.kept(w); n > room/1600+2 {
		t.Errorf("the store has %d login transactions, want at most %d", n, room/1600+2)
	}
	if a := attacker.get(floods[0]); a.status != http.StatusBadRequest {
		t.Errorf("the oldest of the flood: %d, want 400: it was pushed out", a.status)
	}
	a := first.logIn(atLogin, "hanako")
	a = first.consent(first.step(a), url.Values{"decision": {"allow"}})
	if w.code(a.location).Who.PersonID != "p-hanako" {
		t.Errorf("who was at the login page: %d to %q", a.status, a.location)
	}
	a = second.consent(atConsent.location, url.Values{"decision": {"allow"}})
	if w.code(a.location).Who.PersonID != "p-taro" {
		t.Errorf("who was at the consent page: %d to %q", a.status, a.location)
	}
}

// TestFloodOfOneAddress: who begins too many in a short time is told to wait, by a page; other
// addresses go on.
func TestFloodOfOneAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	st := w.bounded(lobby.Config{Now: w.now, Burst: 20, Rate: 1})
	b := w.browser()
	for range 20 {
		b.step(b.begin("192.0.2.1", request()))
	}
	before := st.kept(w)
	a := b.begin("192.0.2.1", request())
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.header.Get("Content-Type"), "html") {
		t.Errorf("one too many: got %d %v, want a page with 429 and Retry-After", a.status, a.header)
	}
	if st.kept(w) != before {
		t.Error("a login that was refused is kept")
	}
	b.step(b.begin("192.0.2.2", request()))
	w.advance(time.Second)
	b.step(b.begin("192.0.2.1", request()))
	// prompt=none begins nothing, so it is not counted.
	if a := b.begin("192.0.2.1", request("prompt", "none")); a.status != http.StatusSeeOther {
		t.Errorf("prompt=none: got %d, want 303", a.status)
	}
}

// TestFloodStoreFaults: a login that cannot be dropped to make room is a fault of ours, and no
// new one begins.
func TestFloodStoreFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	st := w.bounded(lobby.Config{Room: 1200})
	st.broken = true
	b := w.browser()
	b.step(b.get("/oauth2/v2.1/authorize?" + request().Encode()))
	if a := b.get("/oauth2/v2.1/authorize?" + request().Encode()); a.status != http.StatusInternalServerError {
		t.Errorf("got %d, want 500", a.status)
	}
	if n := st.kept(w); n != 1 {
		t.Errorf("the store has %d login transactions, want 1", n)
	}
}
