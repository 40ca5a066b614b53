package console_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/console"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

const token = "tgadm_test"

// start serves the admin API of a world in which time can be moved.
func start(t *testing.T) (*httptest.Server, *issuetest.World) {
	t.Helper()
	w := issuetest.New(t)
	sealer, err := keyring.NewSealer("test", make([]byte, 32))
	w.Must(err)
	return serve(t, w, sealer), w
}

// serve serves the admin API of a world with a sealer.
func serve(t *testing.T, w *issuetest.World, sealer keyring.Sealer) *httptest.Server {
	t.Helper()
	api := &console.API{
		Store: w.Store, Issue: w.Issue, Ring: w.Ring, Sealer: sealer, Now: w.Now, PublicURL: "https://id.example",
		Hosts: []string{"admin.example.com"}, Tokens: [][32]byte{sha256.Sum256([]byte(token))},
		Env: func(context.Context, router.Base) (*control.Env, error) { return &control.Env{ChannelID: "1"}, nil },
	}
	api.Mount(w.Router)
	srv := httptest.NewServer(w.Router)
	t.Cleanup(srv.Close)
	return srv
}

func TestAdmission(t *testing.T) {
	t.Parallel()
	srv, _ := start(t)
	for _, tt := range []struct {
		name, host, site, auth string
		status                 int
		code                   string
	}{
		{"good", "", "", "Bearer " + token, 200, ""},
		{"good in another case", "", "", "bearer " + token, 200, ""},
		{"configured host", "admin.example.com", "", "Bearer " + token, 200, ""},
		{"own page", "", "same-origin", "Bearer " + token, 200, ""},
		{"typed address", "", "none", "Bearer " + token, 200, ""},
		{"no token", "", "", "", 401, "token"},
		{"wrong token", "", "", "Bearer x", 401, "token"},
		{"empty token", "", "", "Bearer ", 401, "token"},
		{"other scheme", "", "", "Basic " + token, 401, "token"},
		{"DNS rebinding", "evil.example", "", "Bearer " + token, 403, "host"},
		{"lookalike", "localhost.evil.example", "", "Bearer " + token, 403, "host"},
		{"LINE's name", "api.line.me", "", "Bearer " + token, 403, "host"},
		{"page of another site", "", "cross-site", "Bearer " + token, 403, "cross_site"},
		{"page of another port", "", "same-site", "Bearer " + token, 403, "cross_site"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+control.PathEnv, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = tt.host
			r.Header.Set("Sec-Fetch-Site", tt.site)
			r.Header.Set("Authorization", tt.auth)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			var e control.Error
			if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || e.Code != tt.code || (tt.code != "" && (e.Fix == "" || e.RequestID == "")) {
				t.Errorf("status %d, error %+v; want %d, code %q with a fix and a request ID", resp.StatusCode, e, tt.status, tt.code)
			}
			if resp.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("the admin API has CORS")
			}
		})
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	for i := range 3 {
		if err := w.Store.AddEvent(t.Context(), store.Event{RequestID: "r1", Kind: "refused", Status: 400 + i}); err != nil {
			t.Fatal(err)
		}
	}
	c := control.NewClient(srv.URL+"/", token)
	events, err := c.EventsOf(t.Context(), "r1")
	if err != nil || len(events) != 3 || events[2].Status != 402 {
		t.Fatalf("EventsOf: %+v, %v", events, err)
	}
	if events, err := c.EventsOf(t.Context(), "unknown"); err != nil || len(events) != 0 {
		t.Fatalf("EventsOf(unknown): %+v, %v", events, err)
	}
	if env, err := c.Env(t.Context()); err != nil || env.ChannelID != "1" {
		t.Fatalf("Env: %+v, %v", env, err)
	}
}
