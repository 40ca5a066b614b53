package clienttest_test

import (
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/examples"
	"github.com/tegata-id/tegata/internal/control"
	tegataplatform "github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/simulator"
	"github.com/tegata-id/tegata/store/memory"
)

// phoneWorld is a platform with the simulator, and the test app on both versions of the
// SDK beside the example server, all in this process. Each version has two LIFF apps of
// one channel: SDK/ and SDK/second/.
type phoneWorld struct {
	*site
	base    string // of the platform
	sim     *simulator.Simulator
	control *control.Client
	browser context.Context
	secret  string // of the channel

	mu    sync.Mutex
	posts []string // guarded by mu: what the app's server got at /order
}

const (
	simulatorToken = "simulator-test-token"
	phoneChannel   = "2000000001"
)

// liffIDs of the apps by their paths.
var liffIDs = map[string]string{
	"/liff-new/": phoneChannel + "-new00001", "/liff-new/second/": phoneChannel + "-new00002",
	"/liff-old/": phoneChannel + "-old00001", "/liff-old/second/": phoneChannel + "-old00002",
	ownPath: phoneChannel + "-own00001",
}

// ownPath is the app on tegata's own open client.
const ownPath = "/own/"

// verifyPath is where the example server verifies tokens.
const verifyPath = "/verify/"

// startPhoneWorld starts it. No name of LINE's exists in its browser: whatever the SDK
// asks for must come to the platform by the script in front of the app.
func startPhoneWorld(t *testing.T) *phoneWorld {
	t.Helper()
	w := &phoneWorld{site: &site{ids: map[string]string{}}}
	app := http.NewServeMux()
	appServer := httptest.NewServer(app)
	t.Cleanup(appServer.Close)
	w.origin = strings.Replace(appServer.URL, "127.0.0.1", "localhost", 1)
	plain := httptest.NewUnstartedServer(nil)
	w.base = "http://localhost:" + strings.Split(plain.Listener.Addr().String(), ":")[1]
	p := w.newPlatform(t)
	front := http.NewServeMux()
	front.Handle("/", p.Public())
	plain.Config.Handler = front
	plain.Start()
	t.Cleanup(plain.Close)
	w.control = control.NewClient(w.base, simulatorToken)
	var err error
	if w.sim, err = simulator.New(t.Context(), simulator.Config{Platform: w.control}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.sim.Close(); err != nil {
			t.Error(err)
		}
	})
	front.Handle(simulator.Path, w.sim.Handler())
	front.Handle("/oauth2/", w.sim.Watch(p.Public()))
	front.Handle("/liff/", w.sim.Watch(p.Public()))
	front.Handle("/v2/", w.sim.Watch(p.Public()))
	front.Handle("/message/", w.sim.Watch(p.Public()))
	app.Handle("/", w.site)
	app.HandleFunc("POST /order", w.takeOrder)
	app.Handle(verifyPath, w.example(t))
	app.Handle("/static/", w.example(t))
	w.addPages(app)
	w.register("liff-new", liffIDs["/liff-new/"])
	w.register("liff-old", liffIDs["/liff-old/"])
	w.browser = startBrowser(t)
	return w
}

func (w *phoneWorld) newPlatform(t *testing.T) *tegataplatform.Platform {
	t.Helper()
	seed, err := tegataplatform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	for path, id := range liffIDs {
		seed.LIFFApps = append(seed.LIFFApps, tegataplatform.SeedLIFFApp{
			ID: id, EndpointURL: w.origin + path, Description: "Test app " + path, View: "full", QRCode: true,
			Scopes: []string{"openid", "profile", "email", "chat_message.write"},
		})
	}
	for i := range seed.Channels {
		if c := &seed.Channels[i]; c.ID == phoneChannel {
			c.Callbacks, w.secret = append(c.Callbacks, w.origin+callbackPath), c.Secret
		}
	}
	sealer, err := tegataplatform.NewSealer("test", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p, err := tegataplatform.New(t.Context(), tegataplatform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: w.base, Issuer: tegataplatform.IssuerLINE,
		AdminTokens: [][32]byte{sha256.Sum256([]byte(simulatorToken))}, Lab: &tegataplatform.Lab{Seed: seed, DemoOrigin: w.origin},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// example is the example server, which believes verified tokens only.
func (w *phoneWorld) example(t *testing.T) http.Handler {
	t.Helper()
	h, err := examples.New(examples.Config{BaseURL: w.base, Issuer: "https://access.line.me", Apps: []examples.App{
		{LIFFID: liffIDs["/liff-new/"], Path: verifyPath, Title: "verifies"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// takeOrder is a server that believes whatever it is sent.
func (w *phoneWorld) takeOrder(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts = append(w.posts, string(body))
	_, _ = io.WriteString(rw, "{}")
}

// served returns the origin at which the apps run with the script in front.
func (w *phoneWorld) served(t *testing.T) string {
	t.Helper()
	for _, s := range w.sim.Served() {
		if s.Upstream == w.origin {
			return s.Origin
		}
	}
	t.Fatalf("the test app has no port: %+v", w.sim.Served())
	return ""
}
