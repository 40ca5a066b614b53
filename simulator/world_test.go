package simulator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/simulator"
	"github.com/tegata-id/tegata/store/memory"
)

const (
	adminToken = "simulator-test"
	appID      = "2000000001-test0001"
)

// world is a platform, a developer's server and the simulator.
type world struct {
	t        *testing.T
	base     string // of the platform
	upstream string // of the developer's server
	origin   string // at which its app is served
	sim      *simulator.Simulator
	client   *http.Client // nil: the usual one
}

// newWorld starts them; app is the developer's server.
func newWorld(t *testing.T, app http.Handler, change ...func(*simulator.Config)) *world {
	t.Helper()
	w := &world{t: t}
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	w.upstream = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	front := http.NewServeMux()
	plain := httptest.NewUnstartedServer(front)
	w.base = "http://localhost:" + strings.Split(plain.Listener.Addr().String(), ":")[1]
	p := w.newPlatform()
	front.Handle("/_tegata/lab/", p.Public())
	plain.Start()
	t.Cleanup(plain.Close)
	config := simulator.Config{Platform: control.NewClient(w.base, adminToken)}
	for _, f := range change {
		f(&config)
	}
	var err error
	if w.sim, err = simulator.New(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.sim.Close(); err != nil {
			t.Error(err)
		}
	})
	front.Handle("/", w.sim.Watch(p.Public()))
	front.Handle(simulator.Path, w.sim.Handler())
	for _, s := range w.sim.Served() {
		if s.LIFFID == appID {
			w.origin = s.Origin
		}
	}
	if w.origin == "" {
		t.Fatalf("the app has no port: %+v", w.sim.Served())
	}
	return w
}

func (w *world) newPlatform() *platform.Platform {
	w.t.Helper()
	seed, err := platform.DefaultSeed()
	if err != nil {
		w.t.Fatal(err)
	}
	seed.LIFFApps = append(seed.LIFFApps, platform.SeedLIFFApp{
		ID: appID, EndpointURL: w.upstream + "/app/", Description: "An app", Scopes: []string{"openid", "profile"}, View: "full",
	})
	sealer, err := platform.NewSealer("test", make([]byte, 32))
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := platform.New(w.t.Context(), platform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: w.base, Issuer: platform.IssuerLINE,
		AdminTokens: [][32]byte{sha256.Sum256([]byte(adminToken))}, Lab: &platform.Lab{Seed: seed, DemoOrigin: "http://localhost:1"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := p.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return p
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request; headers are names and values by turns.
func (w *world) send(method, target, body string, headers ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if w.client != nil {
		client.Transport = w.client.Transport
	}
	resp, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(data)}
}

// call calls the page's API as its script does, and reads the answer into out.
func (w *world) call(what string, in, out any) answer {
	w.t.Helper()
	method, body := http.MethodGet, []byte(nil)
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			w.t.Fatal(err)
		}
		method = http.MethodPost
	}
	a := w.send(method, w.base+simulator.Path+"api/"+what, string(body), "Sec-Fetch-Site", "same-origin", "Content-Type", "application/json")
	if out != nil {
		if err := json.Unmarshal([]byte(a.body), out); err != nil {
			w.t.Fatalf("%s: %d %s: %v", what, a.status, a.body, err)
		}
	}
	return a
}

// entries reads the journal until it has n entries.
func (w *world) entries(n int) []simulator.Entry {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.base+simulator.Path+"api/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out []simulator.Entry
	var text bytes.Buffer
	for len(out) < n {
		chunk := make([]byte, 4096)
		got, err := resp.Body.Read(chunk)
		if err != nil {
			w.t.Fatalf("events: %v after %d entries", err, len(out))
		}
		text.Write(chunk[:got])
		out = nil
		for _, line := range strings.Split(text.String(), "\n") {
			var e simulator.Entry
			if data, ok := strings.CutPrefix(line, "data: "); ok && json.Unmarshal([]byte(data), &e) == nil {
				out = append(out, e)
			}
		}
	}
	return out
}
