package clienttest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// site serves the test app: below /liff-new/ and /liff-old/ every path is the same
// page with that version of the SDK. A path below SDK/auto/ turns on
// withLoginOnExternalBrowser, one below SDK/unknown/ takes a LIFF ID that nobody has.
type site struct {
	origin string

	mu  sync.Mutex
	ids map[string]string // guarded by mu: LIFF ID by the SDK's name
}

// unknownLIFFID has the shape of a LIFF ID.
const unknownLIFFID = "2000000001-nosuch00"

// startSite serves the app on a free port of localhost until the test ends.
func startSite(t *testing.T) *site {
	t.Helper()
	s := &site{ids: map[string]string{}}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.origin = strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	return s
}

// endpoint returns the endpoint URL of the app with one version of the SDK.
func (s *site) endpoint(sdk string) string { return s.origin + "/" + sdk + "/" }

// register tells the site the LIFF ID of one of its apps.
func (s *site) register(sdk, liffID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[sdk] = liffID
}

// ServeHTTP writes the page or its script.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sdk, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	file, ok := built.bundles[sdk]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if rest == "sdk.js" {
		script, err := os.ReadFile(file)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(script) // a browser that went away is its own affair
		return
	}
	s.mu.Lock()
	id := s.ids[sdk]
	s.mu.Unlock()
	if strings.HasPrefix(rest, "unknown/") {
		id = unknownLIFFID
	}
	if second := liffIDs["/"+sdk+"/second/"]; strings.HasPrefix(rest, "second/") {
		id = second
	}
	options, err := json.Marshal(map[string]any{"liffId": id, "withLoginOnExternalBrowser": strings.HasPrefix(rest, "auto/")})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>test app</title><link rel="icon" href="data:,"><body>
<script type="application/json" id="options">%s</script><script src="/%s/sdk.js"></script></body></html>`, options, sdk)
}
