package platform_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// production returns a platform as tegata serve makes it.
func production(t *testing.T, change func(*platform.Config)) *platform.Platform {
	t.Helper()
	sealer, err := platform.NewSealers(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	cfg := platform.Config{Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: "https://id.example", Version: "v9"}
	if change != nil {
		change(&cfg)
	}
	p, err := platform.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func ask(h http.Handler, r *http.Request) (int, string, http.Header) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

func look(path string) *http.Request { return httptest.NewRequest("GET", "http://localhost"+path, nil) }

// TestManagementApart: what operators use is nowhere on the public side, and the other way
// round; with a Lab there is no management side.
func TestManagementApart(t *testing.T) {
	t.Parallel()
	p := production(t, nil)
	for _, path := range []string{control.PathLive, control.PathReady, control.PathMetrics, control.PathChannels, control.PathEvents, control.PathEnv} {
		if status, _, _ := ask(p.Public(), look(path)); status != http.StatusNotFound {
			t.Errorf("%s on the public side: %d, want 404", path, status)
		}
	}
	if status, _, _ := ask(p.Management(), look(control.PathChannels)); status != http.StatusUnauthorized {
		t.Errorf("admin API without a token: %d, want 401", status)
	}
	for _, path := range []string{control.PathEnv, "/.well-known/openid-configuration", "/oauth2/v2.1/authorize"} {
		if status, _, _ := ask(p.Management(), look(path)); status != http.StatusNotFound && status != http.StatusUnauthorized {
			t.Errorf("%s on the management side: %d, want 404", path, status)
		}
	}
	lab := production(t, func(c *platform.Config) { c.Lab = &platform.Lab{} })
	if lab.Management() != nil {
		t.Error("a platform with a Lab has a management side")
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	p := production(t, func(c *platform.Config) {
		c.Ping = func(context.Context) error {
			if broken.Load() {
				return errors.New("the disk is full")
			}
			return nil
		}
	})
	if status, body, _ := ask(p.Management(), look(control.PathLive)); status != 200 || body != "ok\n" {
		t.Errorf("livez: %d %q", status, body)
	}
	// The sweep begins in the background.
	for {
		status, body, _ := ask(p.Management(), look(control.PathReady+"?verbose"))
		if status == 200 {
			if body != "store  ok\nkeys   ok\nsweep  ok\n" {
				t.Errorf("readyz: %q", body)
			}
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("never ready")
		}
	}
	broken.Store(true)
	for path, want := range map[string]string{control.PathReady: "not ready; ?verbose says why", control.PathReady + "?verbose": "store  FAILED: the disk is full"} {
		if status, body, _ := ask(p.Management(), look(path)); status != http.StatusServiceUnavailable || !strings.Contains(body, want) {
			t.Errorf("%s without its store: %d %q, want 503 and %q", path, status, body, want)
		}
	}
	if status, _, _ := ask(p.Management(), look(control.PathLive)); status != 200 {
		t.Errorf("livez without its store: %d, want 200: a restart does not mend a disk", status)
	}
}

// TestMetrics: they count by pattern, and nothing that a client sends is a label.
func TestMetrics(t *testing.T) {
	t.Parallel()
	p := production(t, nil)
	const planted = "planted-by-a-client"
	for _, r := range []*http.Request{
		look("/.well-known/openid-configuration"), look("/" + planted), httptest.NewRequest(strings.ToUpper(planted), "http://localhost/x", nil),
		httptest.NewRequest("POST", "http://localhost/oauth2/v2.1/token", strings.NewReader("grant_type=authorization_code&client_id="+planted+"&client_secret=x&redirect_uri=https://x.example/&code="+planted)),
		look("/oauth2/v2.1/verify?access_token=" + planted), look("/2000000001-" + planted),
	} {
		if r.Method == "POST" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		ask(p.Public(), r)
	}
	status, body, _ := ask(p.Management(), look(control.PathMetrics))
	if status != 200 {
		t.Fatalf("metrics: %d", status)
	}
	for _, want := range []string{
		`tegata_http_requests_total{method="GET",route="GET /.well-known/openid-configuration",status="200"} 1`,
		`tegata_http_requests_total{method="POST",route="POST /oauth2/v2.1/token",status="400"} 1`,
		`tegata_http_requests_total{method="other",route="none",status="404"} 1`,
		`tegata_refused_total{reason="invalid_client",route="POST /oauth2/v2.1/token"} 1`,
		`tegata_http_request_seconds_count{method="GET",route="GET /.well-known/openid-configuration"} 1`,
		`tegata_store_seconds_count{verb="Channel"} 1`,
		`tegata_build_info{version="v9"} 1`,
		"tegata_passwords_waiting 0", "tegata_swept_records_total 0", "go_goroutines",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(strings.ToLower(body), planted) {
		t.Error("what a client sent is in the metrics")
	}
}

// TestProduction: browsers are told to come by https only, and a proxy's word counts if it
// is trusted.
func TestProduction(t *testing.T) {
	t.Parallel()
	p := production(t, func(c *platform.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	r := look("/.well-known/openid-configuration") // from 192.0.2.1 (httptest)
	if _, _, h := ask(p.Public(), r); h.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
	r.Header.Set("X-Forwarded-Proto", "http")
	if status, _, h := ask(p.Public(), r); status != http.StatusPermanentRedirect || h.Get("Location") != "https://id.example/.well-known/openid-configuration" {
		t.Errorf("by http through a proxy: %d to %q", status, h.Get("Location"))
	}
	w := httptest.NewRecorder()
	p.ToTLS().ServeHTTP(w, look("/x"))
	if body, _ := io.ReadAll(w.Body); w.Code != http.StatusPermanentRedirect {
		t.Errorf("the port of plain http: %d %s", w.Code, body)
	}
}

// TestRefusesDevelopment: a store with what everybody knows, or with URLs to which codes
// must not go, is refused by name.
func TestRefusesDevelopment(t *testing.T) {
	t.Parallel()
	sealer, err := platform.NewSealers(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		secret string
		change func(*store.Channel, *store.LIFFApp)
		want   string
	}{
		"good":              {"0123456789abcdef0123456789abcdef", nil, ""},
		"dev secret":        {"dev00123456789abcdef0123456789ab", nil, "channel 2000000009 has a secret of tegata dev"},
		"wildcard callback": {"0123456789abcdef0123456789abcdef", func(c *store.Channel, _ *store.LIFFApp) { c.Callbacks = []string{"https://*.example/"} }, "wildcard"},
		"http callback":     {"0123456789abcdef0123456789abcdef", func(c *store.Channel, _ *store.LIFFApp) { c.Callbacks = []string{"http://a.example/"} }, "http on another machine"},
		"http endpoint":     {"0123456789abcdef0123456789abcdef", func(_ *store.Channel, a *store.LIFFApp) { a.EndpointURL = "http://localhost:5173/" }, "LIFF app 2000000009-abcdefgh"},
		"served origin":     {"0123456789abcdef0123456789abcdef", func(_ *store.Channel, a *store.LIFFApp) { a.ServedOrigins = []string{"http://localhost:1"} }, "served from"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, ctx := memory.New(memory.Config{}), t.Context()
			sealed, err := sealer.Seal("channel", "2000000009", "secret", []byte(tt.secret))
			c := store.Channel{ID: "2000000009", ProviderID: "1", Secrets: []store.ChannelSecret{{Sealed: sealed}}, Callbacks: []string{"http://localhost:3000/cb", "https://a.example/"}}
			a := store.LIFFApp{ID: "2000000009-abcdefgh", ChannelID: c.ID, EndpointURL: "https://a.example/"}
			if tt.change != nil {
				tt.change(&c, &a)
			}
			if err := errors.Join(err, st.CreateProvider(ctx, store.Provider{ID: "1"}), st.CreateChannel(ctx, c), st.CreateLIFFApp(ctx, a, 0)); err != nil {
				t.Fatal(err)
			}
			p, err := platform.New(ctx, platform.Config{Store: st, Sealer: sealer, BaseURL: "https://id.example"})
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				_ = p.Close()
				return
			}
			if !errors.Is(err, platform.ErrDevelopment) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrDevelopment that says %q", err, tt.want)
			}
		})
	}
}
