package simulator_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/simulator"
)

// TestDoor serves an app behind a door too: by TLS, past who stands before it, and with the
// platform where browsers there find it.
func TestDoor(t *testing.T) {
	t.Parallel()
	ca := httptest.NewTLSServer(nil)
	t.Cleanup(ca.Close)
	const outerPlatform = "https://192.168.1.5:4810"
	w := newWorld(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/app/away" {
			http.Redirect(w, r, "http://"+r.Host+"/app/", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "connect-src 'self'")
		_, _ = w.Write([]byte("<!doctype html><title>An app</title>" + r.Header.Get("Origin")))
	}), func(c *simulator.Config) {
		c.Door = &simulator.Door{
			Platform: outerPlatform,
			Listen: func(string) (net.Listener, error) {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return nil, err
				}
				return tls.NewListener(l, ca.TLS), nil
			},
			Front: func(origin string, app http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Knock") != origin {
						http.Error(w, "who is there?", http.StatusForbidden)
						return
					}
					app.ServeHTTP(w, r)
				})
			},
		}
	})
	i := slices.IndexFunc(w.sim.Served(), func(s simulator.Served) bool { return s.LIFFID == appID })
	outer := w.sim.Served()[i].Outer
	if !strings.HasPrefix(outer, "https://localhost:") || outer == w.origin {
		t.Fatalf("behind the door at %q", outer)
	}
	w.client = ca.Client()
	w.client.Transport.(*http.Transport).TLSClientConfig.ServerName = "example.com" // as its certificate has it
	if a := w.send("GET", outer+"/app/", ""); a.status != http.StatusForbidden {
		t.Errorf("without a knock: %d", a.status)
	}
	page := w.send("GET", outer+"/app/", "", "Knock", outer, "Accept", "text/html", "Origin", outer)
	if !strings.Contains(page.body, "/_tegata/inapp.js") || !strings.HasSuffix(page.body, w.upstream) {
		t.Errorf("page without the script, or of another origin: %s", page.body)
	}
	if policy := page.header.Get("Content-Security-Policy"); policy != "connect-src 'self' "+outerPlatform {
		t.Errorf("the app's policy is %q", policy)
	}
	if a := w.send("GET", outer+"/app/away", "", "Knock", outer); a.header.Get("Location") != outer+"/app/" {
		t.Errorf("a redirect leads to %q", a.header.Get("Location"))
	}
	script := w.send("GET", outer+"/_tegata/inapp.js", "", "Knock", outer).body
	if want := `{"platform":"` + outerPlatform + `","home":"` + w.base + `","origin":"` + outer + `"}`; !strings.Contains(script, want) {
		t.Errorf("script begins %.200s", script)
	}
	own := w.send("GET", w.origin+"/_tegata/inapp.js", "").body
	if want := `{"platform":"` + w.base + `","home":"` + w.base + `","origin":"` + w.origin + `"}`; !strings.Contains(own, want) {
		t.Errorf("script on this machine begins %.200s", own)
	}
	world, err := control.NewClient(w.base, adminToken).LIFF(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, app := range world.Apps {
		if app.LIFFID == appID && !slices.Equal(app.Origins, []string{w.origin, outer}) {
			t.Errorf("the platform was told of %q", app.Origins)
		}
	}
}
