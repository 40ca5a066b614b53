package platform_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/lease"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// database is a PostgreSQL server that is started by the first test that needs it.
var database struct {
	sync.Mutex
	*pgtest.Server
}

// newDatabase returns the URL of a fresh database.
func newDatabase(t *testing.T) string {
	t.Helper()
	database.Lock()
	defer database.Unlock()
	if database.Server == nil {
		s, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"))
		if err != nil {
			t.Fatal(err)
		}
		database.Server = s
	}
	return database.Database(t)
}

// stopDatabase stops the server, if there is one.
func stopDatabase() error {
	if database.Server == nil {
		return nil
	}
	return database.Stop()
}

// threeNodes returns three platforms with one database, the first of which has the demo
// world. Each keeps access tokens in memory. change, if it is not nil, changes the
// configuration of each.
func threeNodes(t *testing.T, change func(node int, c *platform.Config)) (a, b, c *world) {
	t.Helper()
	address := newDatabase(t)
	nodes := make([]*world, 3)
	listeners := make([]*httptest.Server, 3)
	var urls []string
	for i := range nodes {
		listeners[i] = httptest.NewUnstartedServer(nil)
		urls = append(urls, "http://"+listeners[i].Listener.Addr().String())
	}
	for i := range nodes {
		nodes[i] = startNode(t, listeners[i], address, urls, i, change)
	}
	return nodes[0], nodes[1], nodes[2]
}

func startNode(t *testing.T, listener *httptest.Server, database string, urls []string, i int, change func(int, *platform.Config)) *world {
	t.Helper()
	engine, err := postgres.Open(t.Context(), postgres.Config{URL: database})
	if err != nil {
		t.Fatal(err)
	}
	st, err := lease.New(lease.Config{Store: engine, Entries: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := platform.NewSealer("test", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	cfg := platform.Config{
		Store: st, Sealer: sealer, BaseURL: urls[0], PublicURLs: urls[1:], Issuer: platform.IssuerLINE,
		Lab: &platform.Lab{DemoOrigin: "http://localhost:4801"},
	}
	if i == 0 {
		if cfg.Lab.Seed, err = platform.DefaultSeed(); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(i, &cfg)
	}
	p, err := platform.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	listener.Config.Handler = p.Public()
	listener.Start()
	t.Cleanup(func() {
		listener.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, url: urls[i], now: time.Now()}
	w.server = w.newClient(nil)
	w.newBrowser()
	return w
}

// verifies says whether a node takes an access token.
func (w *world) verifies(token string) bool {
	a := w.do(w.server, "GET", "/oauth2/v2.1/verify?access_token="+token, nil)
	if a.status != http.StatusOK && a.status != http.StatusBadRequest {
		w.t.Errorf("verify: status %d %s", a.status, a.body)
	}
	return a.status == http.StatusOK
}

// TestThreeNodes logs in on one node, exchanges on another and verifies on the third; what
// one revokes, none takes from the moment of the answer on.
func TestThreeNodes(t *testing.T) {
	t.Parallel()
	a, b, c := threeNodes(t, nil)
	for name, end := range map[string]func(exchange) answer{
		"revoke": func(x exchange) answer {
			return b.do(b.server, "POST", "/oauth2/v2.1/revoke", url.Values{
				"access_token": {x.Access}, "client_id": {"2000000001"}, "client_secret": {"dev0839511b77483302d5f1613f7cd40"},
			})
		},
		"revoke the refresh token": func(x exchange) answer {
			return b.do(b.server, "POST", "/oauth2/v2.1/revoke", url.Values{"refresh_token": {x.Refresh}, "client_id": {"2000000001"}})
		},
		"deauthorize": func(x exchange) answer { return b.deauthorize(x.Access) },
	} {
		code := a.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code")
		got, status := b.exchange(codeForm(code))
		if status != http.StatusOK {
			t.Fatalf("%s: exchange on another node: status %d", name, status)
		}
		for range 2 { // the second time from memory
			for _, w := range []*world{a, b, c} {
				if !w.verifies(got.Access) {
					t.Errorf("%s: a live token is refused", name)
				}
			}
		}
		var answered atomic.Bool
		var readers sync.WaitGroup
		var late atomic.Int32
		for _, w := range []*world{a, b, c} {
			readers.Go(func() {
				for range 2000 {
					was := answered.Load() // before the request begins
					if !w.verifies(got.Access) {
						return
					}
					if was {
						late.Add(1)
					}
				}
			})
		}
		if x := end(got); x.status != http.StatusOK && x.status != http.StatusNoContent {
			t.Fatalf("%s: status %d %s", name, x.status, x.body)
		}
		answered.Store(true)
		for _, w := range []*world{a, b, c} {
			if w.verifies(got.Access) {
				t.Errorf("%s: a node takes the token after the answer", name)
			}
		}
		readers.Wait()
		if n := late.Load(); n > 0 {
			t.Errorf("%s: %d requests that began after the answer were let in", name, n)
		}
	}
}

// TestThreeNodesRace presents one code and one refresh token to all nodes at once.
func TestThreeNodesRace(t *testing.T) {
	t.Parallel()
	a, b, c := threeNodes(t, nil)
	const rounds = 20
	used := 0
	for range rounds {
		code := a.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code")
		var won atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			for _, w := range []*world{a, b, c} {
				all.Go(func() {
					switch _, status := w.exchange(codeForm(code)); status {
					case http.StatusOK:
						won.Add(1)
					case http.StatusBadRequest:
					default:
						t.Errorf("exchange: status %d", status)
					}
				})
			}
		}
		all.Wait()
		if n := won.Load(); n != 1 {
			t.Errorf("one code was used %d times", n)
		}
		used++
	}
	t.Logf("%d codes, each presented 12 times on three nodes: each used once", used)
}
