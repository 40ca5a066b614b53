package router_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

var clock = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

type house struct {
	*router.Router
	store *memory.Store
	log   *bytes.Buffer
}

func newHouse(t *testing.T, others ...string) house {
	t.Helper()
	h := house{store: memory.New(memory.Config{}), log: &bytes.Buffer{}}
	rt, err := router.New(router.Config{
		Base: "http://localhost:4800", Others: others, Now: func() time.Time { return clock },
		Log:    slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Events: h.store,
		ErrorPage: func(w http.ResponseWriter, _ *http.Request, e *oauth2.Error) error {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(e.HTTPStatus())
			_, err := io.WriteString(w, "<p>"+e.Description)
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Router = rt
	return h
}

func (h house) do(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestErrors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fail := func(err error) router.Handler {
		return func(http.ResponseWriter, *http.Request) error { return err }
	}
	refused := &oauth2.Error{Code: "invalid_grant", Description: "invalid authorization code", Check: "the code", Fix: "use a new one"}
	h.Handle(router.Route{Pattern: "GET /oauth", Handler: fail(refused)})
	h.Handle(router.Route{Pattern: "GET /resource", Handler: fail(&oauth2.Error{Status: 401, Description: "no", Check: "token", Fix: "log in"})})
	h.Handle(router.Route{Pattern: "GET /page", Page: true, Handler: fail(refused)})
	h.Handle(router.Route{Pattern: "GET /ours", Handler: fail(errors.New("disk on fire"))})
	h.Handle(router.Route{Pattern: "GET /panic", Handler: func(http.ResponseWriter, *http.Request) error { panic("bug") }})
	for _, tt := range []struct {
		method, path string
		status       int
		body, allow  string
	}{
		{"GET", "/oauth", 400, `{"error":"invalid_grant","error_description":"invalid authorization code"}`, ""},
		{"GET", "/resource", 401, `{"message":"no"}`, ""},
		{"GET", "/page", 400, `<p>invalid authorization code`, ""},
		{"GET", "/ours", 500, `{"message":"Internal server error"}`, ""},
		{"GET", "/panic", 500, `{"message":"Internal server error"}`, ""},
		{"GET", "/nowhere", 404, `{"message":"Not found"}`, ""},
		{"POST", "/oauth", 405, `{"message":"Method not allowed"}`, "GET"},
	} {
		resp := h.do(httptest.NewRequest(tt.method, tt.path, nil))
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != tt.status || string(body) != tt.body || resp.Header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: got %d %s Allow %q, want %d %s Allow %q", tt.method, tt.path, resp.StatusCode, body, resp.Header.Get("Allow"), tt.status, tt.body, tt.allow)
		}
		id := resp.Header.Get("x-line-request-id")
		if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(id) {
			t.Errorf("%s: request ID %q, want 16 hexadecimal digits", tt.path, id)
		}
		events, err := h.store.EventsOf(t.Context(), id)
		if err != nil || len(events) != 1 || events[0].Check == "" || events[0].Fix == "" || events[0].Status != tt.status {
			t.Errorf("%s: events of the request: %+v, %v; want one with a check and a fix", tt.path, events, err)
		}
	}
	if !strings.Contains(h.log.String(), "disk on fire") {
		t.Error("our own fault is not in the log")
	}
	if h.do(httptest.NewRequest("GET", "/resource", nil)).Header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Handle(router.Route{Pattern: "POST /c", CORS: true, Handler: func(http.ResponseWriter, *http.Request) error {
		return &oauth2.Error{Description: "no"}
	}})
	h.Handle(router.Route{Pattern: "GET /c", CORS: true, Handler: func(w http.ResponseWriter, _ *http.Request) error {
		router.WriteRaw(w, []byte("{}"))
		return nil
	}})
	h.Handle(router.Route{Pattern: "GET /closed", Handler: func(w http.ResponseWriter, _ *http.Request) error {
		router.WriteRaw(w, []byte("{}"))
		return nil
	}})
	pre := h.do(httptest.NewRequest("OPTIONS", "/c", nil))
	if pre.StatusCode != 204 || pre.Header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(pre.Header.Get("Access-Control-Allow-Headers"), "authorization") ||
		!strings.Contains(pre.Header.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("preflight: %d %v", pre.StatusCode, pre.Header)
	}
	for _, r := range []*http.Request{httptest.NewRequest("GET", "/c", nil), httptest.NewRequest("POST", "/c", nil)} {
		resp := h.do(r)
		if resp.Header.Get("Access-Control-Allow-Origin") != "*" || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s /c: %v", r.Method, resp.Header)
		}
	}
	if got := h.do(httptest.NewRequest("GET", "/closed", nil)).Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a route without CORS allows %q", got)
	}
	if got := h.do(httptest.NewRequest("OPTIONS", "/closed", nil)).StatusCode; got != 405 {
		t.Errorf("preflight of a route without CORS: status %d, want 405", got)
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://login.example.com", "https://localhost:4843")
	var got router.Base
	h.Handle(router.Route{Pattern: "GET /b", Handler: func(_ http.ResponseWriter, r *http.Request) error {
		got = router.From(r.Context()).Base
		return nil
	}})
	for _, tt := range []struct{ host, access, api string }{
		{"localhost:4800", "http://localhost:4800", "http://localhost:4800"},
		{"LOCALHOST:4800", "http://localhost:4800", "http://localhost:4800"},
		{"localhost:4843", "https://localhost:4843", "https://localhost:4843"},
		{"login.example.com", "https://login.example.com", "https://login.example.com"},
		{"access.line.me", "https://access.line.me", "https://api.line.me"},
		{"api.line.me:443", "https://access.line.me", "https://api.line.me"},
		{"evil.example", "http://localhost:4800", "http://localhost:4800"},
		{"access.line.me.evil.example", "http://localhost:4800", "http://localhost:4800"},
		{"", "http://localhost:4800", "http://localhost:4800"},
	} {
		r := httptest.NewRequest("GET", "/b", nil)
		r.Host = tt.host
		h.do(r)
		if got.Access != tt.access || got.API != tt.api {
			t.Errorf("Host %q: got %+v, want access %s, api %s", tt.host, got, tt.access, tt.api)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"http://localhost:4800":      "http://localhost:4800",
		"http://localhost:4800/":     "http://localhost:4800",
		"HTTPS://Example.com:443":    "https://example.com",
		"http://example.com:80":      "http://example.com",
		"http://[::1]:4800":          "http://[::1]:4800",
		"ftp://example.com":          "",
		"http://example.com/path":    "",
		"http://user@example.com":    "",
		"http://example.com?x=1":     "",
		"localhost:4800":             "",
		"":                           "",
		"http://exa mple.com":        "",
		"https://example.com#frag":   "",
		"http:///nohost":             "",
		"http://example.com:badport": "",
	} {
		got, err := router.Origin(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Origin(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Handle(router.Route{Pattern: "GET /n", Handler: func(_ http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithCancel(r.Context())
		cancel() // a client that has gone must not lose the record
		router.From(ctx).Note(ctx, store.Event{Kind: "login", PersonID: "p-1"})
		return nil
	}})
	id := h.do(httptest.NewRequest("GET", "/n", nil)).Header.Get("x-line-request-id")
	events, err := h.store.EventsOf(t.Context(), id)
	if err != nil || len(events) != 1 || events[0].Kind != "login" || events[0].Route != "GET /n" || !events[0].Time.Equal(clock) {
		t.Fatalf("events %+v, %v", events, err)
	}
}
