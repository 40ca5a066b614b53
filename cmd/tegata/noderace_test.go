package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// inSoak gives how often something is done: so often in every run, and that often in a
// soak.
func inSoak(short, long int) int {
	if os.Getenv("TEGATA_SOAK") != "" {
		return long
	}
	return short
}

// crowd is several clients of a cluster, each with a browser of its own in which hanako is
// logged in, at a node of its own.
type crowd struct {
	*cluster
	t       *testing.T
	clients []*serveNode
	logins  atomic.Int64
	wrong   atomic.Int64 // answers that no caller should get
}

func (c *cluster) newCrowd(t *testing.T, clients int) *crowd {
	t.Helper()
	all := &crowd{cluster: c, t: t}
	for i := range clients {
		v := c.all[i%len(c.all)].visitor(i + 1)
		v.login(c.channel)
		all.clients = append(all.clients, v)
	}
	return all
}

// each runs do for the numbers below n, shared out among the clients, until all are done or
// too much has gone wrong for the rest to tell more.
func (c *crowd) each(n int, do func(client *serveNode, number int)) {
	var next atomic.Int64
	var work sync.WaitGroup
	for _, client := range c.clients {
		work.Go(func() {
			for c.wrong.Load() < 20 && c.t.Context().Err() == nil {
				number := int(next.Add(1)) - 1
				if number >= n {
					return
				}
				do(client, number)
			}
		})
	}
	work.Wait()
}

// bad notes an answer that should not have been.
func (c *crowd) bad(format string, args ...any) {
	c.t.Helper()
	c.wrong.Add(1)
	c.t.Errorf(format, args...)
}

// code begins a login at the client's node and goes on with the session that is there, as
// the page with "continue as Hanako" does, and returns the code; empty after a failure.
func (c *crowd) code(client *serveNode) string {
	c.t.Helper()
	// Real logins come from many addresses; from one they would be limited.
	n := c.logins.Add(1)
	client.address = fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	status, location, body := client.ask(authorization(c.channel), nil)
	state := ""
	if at, err := url.Parse(location); err == nil {
		state = at.Query().Get("loginState")
	}
	if status != http.StatusSeeOther || state == "" {
		c.bad("authorize: status %d, to %q %s", status, location, body)
		return ""
	}
	form := url.Values{"loginState": {state}, "decision": {"continue"}}
	status, location, body = client.ask(nodesBase+strings.Split(strings.TrimPrefix(location, nodesBase), "?")[0], form)
	if !strings.HasPrefix(location, nodesCallback) {
		c.bad("continue: status %d, to %q %s", status, location, body)
		return ""
	}
	return codeOf(location)
}

// atOnce lets so many callers of each node begin in the same instant, and waits for them.
func (c *crowd) atOnce(callers int, call func(node *serveNode)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for range callers {
		for _, node := range c.all {
			all.Go(func() {
				<-start
				call(node)
			})
		}
	}
	close(start)
	all.Wait()
}

// TestNodesCodeRace presents each code at once to three nodes, twice to each: one caller
// gets tokens, and what he gets is good on another node. 200 codes, in a soak 100,000.
func TestNodesCodeRace(t *testing.T) {
	t.Parallel()
	c := startCluster(t).newCrowd(t, 6)
	codes := inSoak(200, 100_000)
	var twice, lost, presented atomic.Int64
	c.each(codes, func(client *serveNode, number int) {
		code := c.code(client)
		if code == "" {
			return
		}
		won := make(chan issuedTokens, 6)
		c.atOnce(2, func(node *serveNode) {
			presented.Add(1)
			switch got, status := node.token(c.channel, codeForm(code)); status {
			case http.StatusOK:
				won <- got
			case http.StatusBadRequest:
			default:
				c.bad("code %d: status %d", number, status)
			}
		})
		close(won)
		if len(won) > 1 {
			twice.Add(1)
		}
		if got, ok := <-won; !ok || c.all[number%3].verifies(got.Access) != http.StatusOK {
			lost.Add(1)
		}
	})
	t.Logf("%d codes presented %d times to three processes at once: %d used twice, %d lost", codes, presented.Load(), twice.Load(), lost.Load())
	if twice.Load()+lost.Load() > 0 || presented.Load() != int64(6*codes) {
		t.Error("a code is good for one exchange, and one is made")
	}
}

// refreshesOfStory is how often each of the six callers of a story refreshes.
const refreshesOfStory = 16

// TestNodesRefreshRace refreshes on three nodes while the refresh token is revoked on one of
// them: no refresh that began after the answer is accepted, and no access token that any of
// them gave. 600 refreshes, in a soak 100,000.
func TestNodesRefreshRace(t *testing.T) {
	t.Parallel()
	c := startCluster(t).newCrowd(t, 6)
	var begun, accepted, late, alive atomic.Int64
	refreshes := inSoak(600, 100_000)
	stories := (refreshes + 6*refreshesOfStory - 1) / (6 * refreshesOfStory)
	c.each(stories, func(client *serveNode, number int) {
		first, status := client.token(c.channel, codeForm(c.code(client)))
		if status != http.StatusOK {
			c.bad("story %d: exchange: status %d", number, status)
			return
		}
		s := &refreshStory{crowd: c, number: number, first: first}
		s.play(c.all[number%3], rand.IntN(4*refreshesOfStory))
		begun.Add(s.begun.Load())
		accepted.Add(int64(len(s.tokens)))
		late.Add(s.late.Load())
		alive.Add(s.alive.Load())
	})
	t.Logf("%d refreshes at three processes race %d revocations, %d accepted before: %d accepted after the answer, %d of their tokens alive",
		begun.Load(), stories, accepted.Load(), late.Load(), alive.Load())
	if late.Load()+alive.Load() > 0 || begun.Load() < int64(refreshes) {
		t.Error("what is revoked gives nothing more")
	}
	if accepted.Load() == 0 || accepted.Load() == begun.Load() {
		t.Error("nothing raced: all refreshes were before the revocations, or after them")
	}
}

// refreshStory is one refresh token that is used by many until it is revoked.
type refreshStory struct {
	*crowd
	number   int
	first    issuedTokens
	answered atomic.Bool // the revocation
	begun    atomic.Int64
	late     atomic.Int64 // accepted although they began after the answer
	alive    atomic.Int64 // access tokens that are accepted at the end

	mu     sync.Mutex // guards tokens
	tokens []string
}

// play lets six callers refresh, revokes on a node when so many refreshes have been
// accepted, and looks at what is left.
func (s *refreshStory) play(revoker *serveNode, after int) {
	enough, revoked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(revoked)
		<-enough
		revoker.revoke(s.crowd, url.Values{"refresh_token": {s.first.Refresh}})
		s.answered.Store(true)
	}()
	var once sync.Once
	s.atOnce(2, func(node *serveNode) {
		for range refreshesOfStory {
			if s.refresh(node) >= after {
				once.Do(func() { close(enough) })
			}
		}
	})
	once.Do(func() { close(enough) })
	<-revoked
	s.atOnce(1, func(node *serveNode) { s.refresh(node) })
	for i, token := range append(s.tokens, s.first.Access) {
		switch status := s.all[(s.number+i)%3].verifies(token); status {
		case http.StatusBadRequest:
		case http.StatusOK:
			s.alive.Add(1)
		default:
			s.bad("story %d: verify: status %d", s.number, status)
		}
	}
}

// refresh refreshes once, notes what came of it, and returns how many were accepted so far.
func (s *refreshStory) refresh(node *serveNode) int {
	was := s.answered.Load() // before the request begins
	s.begun.Add(1)
	got, status := node.token(s.channel, refreshForm(s.first.Refresh))
	s.mu.Lock()
	defer s.mu.Unlock()
	switch status {
	case http.StatusOK:
		s.tokens = append(s.tokens, got.Access)
		if was {
			s.late.Add(1)
		}
	case http.StatusBadRequest:
	default:
		s.bad("story %d: refresh: status %d", s.number, status)
	}
	return len(s.tokens)
}

// revoke revokes a token and returns how long the answer took.
func (n *serveNode) revoke(c *crowd, form url.Values) time.Duration {
	form.Set("client_id", c.channel.ChannelID)
	form.Set("client_secret", c.channel.ChannelSecret)
	begin := time.Now()
	if status, _, body := n.ask(nodesBase+"/oauth2/v2.1/revoke", form); status != http.StatusOK {
		c.bad("revoke: status %d %s", status, body)
	}
	return time.Since(begin)
}
