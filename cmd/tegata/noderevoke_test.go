package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// TestNodesRevocation revokes access tokens that every node has in memory, while all nodes
// verify other tokens as fast as they can: no verification that began after the answer is
// accepted, and those of the others all are. It tells how long the answers took. 30
// revocations and 600 verifications after them, in a soak 1,000 and 100,000.
func TestNodesRevocation(t *testing.T) {
	t.Parallel()
	c := startCluster(t).newCrowd(t, 12)
	revocations, each := inSoak(30, 1000), inSoak(20, 100)
	var mu sync.Mutex // guards took
	var took []time.Duration
	var asked, accepted, dead atomic.Int64
	load := c.verifyAllTheTime()
	c.each(revocations, func(client *serveNode, number int) {
		token, status := client.token(c.channel, codeForm(c.code(client)))
		if status != http.StatusOK {
			c.bad("exchange: status %d", status)
			return
		}
		for range 2 { // from the second time on, from memory
			for _, node := range c.all {
				if node.verifies(token.Access) != http.StatusOK {
					dead.Add(1)
				}
			}
		}
		d := c.all[number%3].revoke(c, url.Values{"access_token": {token.Access}})
		mu.Lock()
		took = append(took, d)
		mu.Unlock()
		for i := range each {
			asked.Add(1)
			switch status := c.all[(number+i)%3].verifies(token.Access); status {
			case http.StatusBadRequest:
			case http.StatusOK:
				accepted.Add(1)
			default:
				c.bad("verify after the revocation: status %d", status)
			}
		}
	})
	verified, refused := load()
	slices.Sort(took)
	if len(took) == 0 {
		t.Fatal("nothing was revoked")
	}
	t.Logf("%d revocations at three processes while %d other verifications were answered: p50 %v, p99 %v, longest %v; %d verifications after their answers: %d accepted",
		len(took), verified, quantile(took, 50), quantile(took, 99), took[len(took)-1].Round(time.Millisecond), asked.Load(), accepted.Load())
	if accepted.Load() > 0 || asked.Load() != int64(revocations*each) {
		t.Error("what is revoked is accepted nowhere")
	}
	if dead.Load()+refused > 0 || verified == 0 {
		t.Errorf("of the live tokens, %d + %d verifications were refused", dead.Load(), refused)
	}
}

// quantile gives a percentile of sorted durations: the shortest that so many percent do not
// exceed.
func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1].Round(time.Millisecond)
}

// verifyAllTheTime verifies one live token of each client at every node until the returned
// function is called, which tells how many verifications were right and wrong.
func (c *crowd) verifyAllTheTime() (stop func() (right, wrong int64)) {
	c.t.Helper()
	var tokens []string
	for _, client := range c.clients[:3] {
		got, status := client.token(c.channel, codeForm(c.code(client)))
		if status != http.StatusOK {
			c.t.Fatalf("exchange: status %d", status)
		}
		tokens = append(tokens, got.Access)
	}
	var right, wrong atomic.Int64
	done := make(chan struct{})
	var work sync.WaitGroup
	for i, node := range c.all {
		work.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				i++
				if status := node.verifies(tokens[i%len(tokens)]); status == http.StatusOK {
					right.Add(1)
				} else {
					wrong.Add(1)
				}
			}
		})
	}
	return func() (int64, int64) {
		close(done)
		work.Wait()
		return right.Load(), wrong.Load()
	}
}

// TestNodesRemoval: when an operator's removal of a channel, or of a person, has answered on
// one node, no node accepts a token of it that it has in memory, and the tokens of others
// are as good as before.
func TestNodesRemoval(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	var other control.Channel
	c.all[1].admin(c.admin, &other, "channel", "create", "--provider", c.channel.ProviderID, "--name", "Other", "--callback", nodesCallback, "--status", "published")
	tokens := make([]string, 2)
	for i, channel := range []control.Channel{c.channel, other} {
		got, status := c.all[2].token(channel, codeForm(c.all[0].login(channel)))
		if status != http.StatusOK {
			t.Fatalf("exchange: status %d", status)
		}
		tokens[i] = got.Access
	}
	all := func(when string, wants ...int) {
		t.Helper()
		for range 2 { // the second time from memory
			for n, node := range c.all {
				for i, want := range wants {
					if status := node.verifies(tokens[i]); status != want {
						t.Errorf("%s: node %d, token %d: status %d, want %d", when, n, i, status, want)
					}
				}
			}
		}
	}
	all("in the beginning", http.StatusOK, http.StatusOK)
	var removed control.Deleted
	c.all[0].admin(c.admin, &removed, "channel", "delete", other.ChannelID, "--yes")
	all("without the other channel", http.StatusOK, http.StatusBadRequest)
	c.all[1].admin(c.admin, &removed, "user", "delete", "hanako@example.com", "--yes")
	all("without the person", http.StatusBadRequest, http.StatusBadRequest)
}

// TestNodesCutOff stops the database connection of one node without closing it, once for
// what the database answers and once for both directions. The node takes no token that is
// revoked meanwhile, nor, when its lease is over, any other; its readiness says so. When
// the line is there again it goes on, and what the database had answered before the
// revocation is not believed.
func TestNodesCutOff(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		t.Run(fmt.Sprintf("both directions %v", both), func(t *testing.T) {
			t.Parallel()
			c := startCluster(t)
			line := pgtest.NewLine(t, c.database)
			a, cut := c.all[0], startServe(t, c.binary, line.URL, nil)
			crowd := c.newCrowd(t, 2)
			tokens := make([]string, 3) // known to the cut node, to be revoked; known; not known, to be revoked
			for i := range tokens {
				got, status := a.token(c.channel, codeForm(crowd.code(crowd.clients[0])))
				if status != http.StatusOK {
					t.Fatalf("exchange: status %d", status)
				}
				tokens[i] = got.Access
				for range min(2, 2*(2-i)) { // the second time from memory
					if cut.verifies(got.Access) != http.StatusOK {
						t.Fatal("a live token is refused")
					}
				}
			}
			line.Pause(both)
			late := make(chan int, 1)
			go func() { late <- cut.verifies(tokens[2]) }() // its answer may be on the line already
			for _, i := range []int{0, 2} {
				a.revoke(crowd, url.Values{"access_token": {tokens[i]}})
			}
			if status := cut.verifiesSoon(tokens[0]); status == http.StatusOK {
				t.Error("the node that is cut off takes a revoked token")
			}
			for cut.verifiesSoon(tokens[1]) == http.StatusOK {
				if t.Context().Err() != nil {
					t.Fatal("the node that is cut off takes tokens for ever")
				}
			}
			if status, _, body := cut.manages("/readyz?verbose"); status != http.StatusServiceUnavailable {
				t.Errorf("readiness of the node that is cut off: status %d\n%s", status, body)
			}
			line.Resume()
			<-late // it began before the revocation, so either answer is right
			for i, want := range []int{http.StatusBadRequest, http.StatusOK, http.StatusBadRequest} {
				status := 0
				for status != http.StatusOK && status != http.StatusBadRequest && t.Context().Err() == nil {
					status = cut.verifies(tokens[i])
				}
				if status != want {
					t.Errorf("token %d when the line is there again: status %d, want %d", i, status, want)
				}
			}
		})
	}
}
