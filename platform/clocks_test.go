package platform_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform"
)

// wrongClock is a wall clock that is off by so much, which may change at any moment.
type wrongClock struct{ off atomic.Int64 }

// Now has no monotonic reading: between two of them lies what the clock was moved.
func (c *wrongClock) Now() time.Time {
	return time.Now().Round(0).Add(time.Duration(c.off.Load()))
}

// leap sets the clock off by anything below most, in either direction.
func (c *wrongClock) leap(most time.Duration) {
	c.off.Store(int64(rand.N(2*most) - most))
}

// leaping lets clocks jump all the time until it is stopped. Two of them never differ by as
// much as the five minutes for which an ID token is believed that comes from the future, let
// alone the ten that a code is good for, so no jump may lose anything.
func leaping(clocks []*wrongClock) (stop func() (jumps int64)) {
	var n atomic.Int64
	var work sync.WaitGroup
	done := make(chan struct{})
	for _, c := range clocks {
		work.Go(func() {
			tick := time.NewTicker(3 * time.Millisecond)
			defer tick.Stop()
			for {
				c.leap(2 * time.Minute)
				n.Add(1)
				select {
				case <-tick.C:
				case <-done:
					return
				}
			}
		})
	}
	return func() int64 {
		close(done)
		work.Wait()
		return n.Load()
	}
}

// TestThreeNodesClocks: three nodes whose clocks differ and jump lose nothing, and accept
// nothing that was revoked, by whatever clock and with whatever clock they are asked.
func TestThreeNodesClocks(t *testing.T) {
	t.Parallel()
	clocks := []*wrongClock{{}, {}, {}}
	a, b, c := threeNodes(t, func(node int, cfg *platform.Config) { cfg.Now = clocks[node].Now })
	nodes := []*world{a, b, c}
	rounds, asked, lost, accepted := 12, 0, 0, 0
	if os.Getenv("TEGATA_SOAK") != "" {
		rounds = 600
	}
	stop := leaping(clocks)
	for round := range rounds {
		first, second, third := nodes[round%3], nodes[(round+1)%3], nodes[(round+2)%3]
		first.newBrowser() // the session of the one before ends by a clock too
		got, status := second.exchange(codeForm(first.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code")))
		if status != http.StatusOK {
			t.Fatalf("round %d: exchange: status %d", round, status)
		}
		next, status := third.exchange(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.Refresh}, "client_id": {"2000000001"}})
		if status != http.StatusOK {
			t.Fatalf("round %d: refresh: status %d", round, status)
		}
		for _, w := range append(nodes, nodes...) { // the second time from memory
			if !w.verifies(got.Access) || !w.verifies(next.Access) {
				lost++
			}
		}
		if a := second.do(second.server, "POST", "/oauth2/v2.1/verify", url.Values{"id_token": {got.ID}, "client_id": {"2000000001"}}); a.status != http.StatusOK {
			lost++
			t.Errorf("round %d: ID token: status %d %s", round, a.status, a.body)
		}
		if x := ended(round, third, got); x.status != http.StatusOK && x.status != http.StatusNoContent {
			t.Fatalf("round %d: status %d %s", round, x.status, x.body)
		}
		for range 5 {
			for _, w := range nodes {
				asked += 2
				for _, token := range []string{got.Access, next.Access} {
					if w.verifies(token) {
						accepted++
					}
				}
			}
		}
	}
	t.Logf("%d logins over three nodes while their clocks jumped %d times: %d lost; %d verifications after revocations: %d accepted",
		rounds, stop(), lost, asked, accepted)
	if lost > 0 || accepted > 0 {
		t.Error("a clock has lost something, or brought it back")
	}
}

// ended ends what was issued in a round: by revocation of the refresh token, which takes the
// access tokens with it, or by the withdrawal of the consent.
func ended(round int, w *world, got exchange) answer {
	if round%2 == 1 {
		return w.deauthorize(got.Access)
	}
	return w.do(w.server, "POST", "/oauth2/v2.1/revoke", url.Values{"refresh_token": {got.Refresh}, "client_id": {"2000000001"}})
}

// TestThreeNodesFarClocks: what was revoked by a clock that is hours ahead is refused by one
// that is hours behind, and the other way round, in memory or not.
func TestThreeNodesFarClocks(t *testing.T) {
	t.Parallel()
	clocks := []*wrongClock{{}, {}, {}}
	a, b, c := threeNodes(t, func(node int, cfg *platform.Config) { cfg.Now = clocks[node].Now })
	nodes := []*world{a, b, c}
	for _, ahead := range []time.Duration{3 * time.Hour, -3 * time.Hour} {
		for round := range 2 {
			for _, c := range clocks {
				c.off.Store(0)
			}
			a.newBrowser()
			got := b.redeem(a.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code"))
			clocks[0].off.Store(int64(ahead))
			clocks[2].off.Store(int64(-ahead))
			for i, w := range append(nodes, nodes...) {
				if !w.verifies(got.Access) {
					t.Errorf("clock off by %v: node %d refuses a live token", ahead, i%3)
				}
			}
			if x := ended(round, a, got); x.status != http.StatusOK && x.status != http.StatusNoContent {
				t.Fatalf("clock off by %v: status %d %s", ahead, x.status, x.body)
			}
			for i, w := range nodes {
				if w.verifies(got.Access) {
					t.Errorf("clock off by %v: node %d takes what the first has revoked", ahead, i)
				}
				if _, status := w.exchange(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.Refresh}, "client_id": {"2000000001"}}); status != http.StatusBadRequest {
					t.Errorf("clock off by %v: node %d refreshes what the first has revoked: status %d", ahead, i, status)
				}
			}
		}
	}
}

// TestThreeNodesFrozenClock: a revocation under a lab clock that stands still holds at once
// on three nodes, while readers ask all the time.
func TestThreeNodesFrozenClock(t *testing.T) {
	t.Parallel()
	a, b, c := threeNodes(t, func(_ int, cfg *platform.Config) {
		cfg.Lab.FrozenAt = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	})
	nodes := []*world{a, b, c}
	for round := range 6 {
		got := b.redeem(a.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code"))
		for i, w := range append(nodes, nodes...) {
			if !w.verifies(got.Access) {
				t.Errorf("node %d refuses a live token", i%3)
			}
		}
		var answered atomic.Bool
		var late atomic.Int32
		var readers sync.WaitGroup
		for _, w := range nodes {
			readers.Go(func() {
				for asked := 0; asked < 20; {
					was := answered.Load() // before the request begins
					if taken := w.verifies(got.Access); was {
						asked++
						if taken {
							late.Add(1)
						}
					}
				}
			})
		}
		x := ended(round, nodes[round%3], got)
		answered.Store(true)
		readers.Wait()
		if x.status != http.StatusOK && x.status != http.StatusNoContent {
			t.Fatalf("status %d %s", x.status, x.body)
		}
		if n := late.Load(); n > 0 {
			t.Errorf("%d requests that began after the answer were let in", n)
		}
	}
}
