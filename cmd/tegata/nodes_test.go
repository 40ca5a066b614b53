package main

import (
	"net/http"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// cluster is three nodes on one PostgreSQL, with a channel and a person.
type cluster struct {
	server   *pgtest.Server
	binary   string
	database string
	all      []*serveNode
	channel  control.Channel
	admin    string // a token
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	server, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	c := &cluster{server: server, binary: buildTegata(t), database: server.Database(t)}
	for range 3 {
		c.all = append(c.all, startServe(t, c.binary, c.database, nil))
	}
	channel, admin := c.all[0].setUp()
	c.channel, c.admin = channel, admin.Token
	return c
}

// TestNodes starts the binary three times on one PostgreSQL: an invited user logs in on one
// node, the code is exchanged on the second, the token verified on the third. One node is
// stopped while a token is revoked, one is killed, and the database is killed and started
// again: nothing is lost, and nothing accepted that was revoked.
func TestNodes(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t)
	server, channel := nodes.server, nodes.channel
	a, b, c := nodes.all[0], nodes.all[1], nodes.all[2]
	if b.started.FirstToken != "" {
		t.Fatal("the second node prints a first token as well")
	}

	first, status := b.token(channel, codeForm(a.login(channel)))
	if status != http.StatusOK {
		t.Fatalf("exchange on another node: status %d", status)
	}
	for i, n := range []*serveNode{a, b, c} {
		if n.verifies(first.Access) != http.StatusOK {
			t.Errorf("node %d refuses a live token", i)
		}
	}

	// A node that stands still while a token is revoked does not take it when it goes on.
	if err := c.process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if status, _, body := a.ask(nodesBase+"/oauth2/v2.1/revoke", url.Values{"access_token": {first.Access}, "client_id": {channel.ChannelID}, "client_secret": {channel.ChannelSecret}}); status != http.StatusOK {
		t.Fatalf("revoke: status %d %s", status, body)
	}
	if err := c.process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for i, n := range []*serveNode{c, a, b} {
		if status := n.verifies(first.Access); status != http.StatusBadRequest {
			t.Errorf("node %d after the revocation: status %d, want 400", i, status)
		}
	}

	// A node that is killed takes nothing with it.
	second, status := a.token(channel, refreshForm(first.Refresh))
	if status != http.StatusOK {
		t.Fatalf("refresh: status %d", status)
	}
	code := a.login(channel)
	if err := a.process.Kill(); err != nil {
		t.Fatal(err)
	}
	if b.verifies(second.Access) != http.StatusOK || c.verifies(second.Access) != http.StatusOK {
		t.Error("a token of a node that was killed is refused")
	}
	third, status := c.token(channel, codeForm(code))
	if status != http.StatusOK {
		t.Errorf("a code of a node that was killed: status %d", status)
	}
	if _, status := b.token(channel, codeForm(code)); status != http.StatusBadRequest {
		t.Errorf("the code a second time: status %d, want 400", status)
	}

	// Without the database nothing is answered that could have been revoked; with it again
	// everything is there.
	if os.Getenv("TEGATA_TEST_POSTGRES") == "" {
		restartDatabase(t, server, b, c, third.Access)
	}
	for name, token := range map[string]string{"refreshed": second.Access, "of the killed node's code": third.Access} {
		if status := b.verifies(token); status != http.StatusOK {
			t.Errorf("the token %s at the end: status %d", name, status)
		}
	}
	if status := c.verifies(first.Access); status != http.StatusBadRequest {
		t.Errorf("the revoked token at the end: status %d", status)
	}
}

// restartDatabase kills the database, sees that the nodes fail closed, and starts it again.
func restartDatabase(t *testing.T, server *pgtest.Server, b, c *serveNode, token string) {
	t.Helper()
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	// The lease is over within 250 ms; how long that takes to be seen, the machine decides.
	end := time.Now().Add(30 * time.Second)
	for b.verifies(token) == http.StatusOK || c.verifies(token) == http.StatusOK {
		if time.Now().After(end) {
			t.Fatal("a node takes tokens without its database")
		}
	}
	if status := b.verifies(token); status < 500 {
		t.Errorf("verify without the database: status %d, want 5xx", status)
	}
	if err := server.Launch(); err != nil {
		t.Fatal(err)
	}
	for i, n := range []*serveNode{b, c} {
		for n.verifies(token) != http.StatusOK {
			if time.Now().After(end) {
				t.Fatalf("node %d does not come back", i)
			}
		}
	}
}
