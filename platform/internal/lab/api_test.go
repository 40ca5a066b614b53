package lab_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// running is a platform with a lab on a port, and a client of its control APIs.
type running struct {
	*control.Client
	store *memory.Store
	url   string
}

const adminToken = "tgadm_of_this_test"

// start starts a platform. Every one has a sealer of its own.
func start(t testing.TB, change func(*platform.Config)) *running {
	t.Helper()
	r := &running{store: memory.New(memory.Config{})}
	srv := httptest.NewUnstartedServer(nil)
	r.url = "http://" + srv.Listener.Addr().String()
	key := sha256.Sum256([]byte(r.url))
	sealer, err := platform.NewSealer("test", key[:])
	if err != nil {
		t.Fatal(err)
	}
	seed, err := platform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	cfg := platform.Config{
		Store: r.store, Sealer: sealer, BaseURL: r.url, Issuer: platform.IssuerLINE, AdminTokens: [][32]byte{sha256.Sum256([]byte(adminToken))},
		Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) },
		Lab: &platform.Lab{Seed: seed, DemoOrigin: "http://localhost:4801"},
	}
	if change != nil {
		change(&cfg)
	}
	p, err := platform.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = p.Public()
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	r.Client = control.NewClient(r.url, adminToken)
	return r
}

// profile presents an access token.
func (r *running) profile(t testing.TB, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/v2/profile", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAPI(t *testing.T) {
	t.Parallel()
	ctx, r := t.Context(), start(t, nil)
	access := must[*control.Minted](t)(r.MintToken(ctx, control.Mint{Kind: control.KindAccessToken, User: "taro"}))
	if access.User != "taro" || access.ChannelID != "2000000001" || r.profile(t, access.Token) != 200 {
		t.Errorf("minted %+v", access)
	}
	for _, step := range []struct {
		change control.ClockChange
		want   int
	}{
		{control.ClockChange{Do: control.ClockAdvance, By: control.Duration(31 * 24 * time.Hour)}, 401},
		{control.ClockChange{Do: control.ClockJump, At: access.IssuedAt.Add(time.Minute)}, 200},
		{control.ClockChange{Do: control.ClockFreeze}, 200},
	} {
		got := must[*control.Clock](t)(r.ChangeLabClock(ctx, step.change))
		if status := r.profile(t, access.Token); status != step.want {
			t.Errorf("%s: profile answers %d, want %d; clock %+v", step.change.Do, status, step.want, got)
		}
	}
	if c := must[*control.Clock](t)(r.LabClock(ctx)); !c.Frozen || time.Duration(c.Offset) != time.Minute {
		t.Errorf("clock %+v", c)
	}
	// Under a frozen clock a revocation holds at once.
	if err := r.RevokeToken(ctx, control.TokenRef{Token: access.Token, Cause: "close"}); err != nil || r.profile(t, access.Token) != 401 {
		t.Errorf("revoke: %v", err)
	}
	for range 2 {
		must[*control.Fault](t)(r.AddFault(ctx, control.Fault{Effect: control.EffectStatus, Status: 418}))
	}
	if err := r.RemoveFault(ctx, "1"); err != nil {
		t.Error(err)
	}
	if status := r.profile(t, access.Token); status != 418 {
		t.Errorf("with a fault: %d", status)
	}
	if f := must[*control.Faults](t)(r.LabFaults(ctx)).Faults; len(f) != 1 || f[0].ID != "2" || f[0].Hits != 1 {
		t.Errorf("faults %+v", f)
	}
	last := must[*control.Requests](t)(r.LabRequests(ctx, 0, "profile")).Requests
	events := must[[]control.Event](t)(r.EventsOf(ctx, last[len(last)-1].RequestID))
	if len(events) != 1 || events[0].Check != "fault 2: status 418" || events[0].Fix == "" {
		t.Errorf("events of the answer that a fault touched: %+v", events)
	}
	if err := r.ClearFaults(ctx); err != nil || r.profile(t, access.Token) != 401 {
		t.Errorf("clear: %v", err)
	}
	for _, tr := range must[*control.Troubles](t)(r.LabTroubles(ctx)).Troubles {
		done, err := r.TriggerTrouble(ctx, tr.Name, control.Trigger{})
		if err != nil || len(done.Faults) == 0 && done.Change == "" || tr.Text == "" {
			t.Errorf("trouble %s: %+v, %v", tr.Name, done, err)
		}
	}
	if err := r.ResetState(ctx); err != nil {
		t.Fatal(err)
	}
	if f, q := must[*control.Faults](t)(r.LabFaults(ctx)), must[*control.Requests](t)(r.LabRequests(ctx, 0, "")); len(f.Faults)+len(q.Requests) > 0 {
		t.Errorf("after reset: %+v, %+v", f, q)
	}
	if c := must[*control.Clock](t)(r.LabClock(ctx)); c.Frozen || c.Offset != 0 {
		t.Errorf("after reset: clock %+v", c)
	}
}

// TestEffectsAreDescribed: every effect that the description names is one.
func TestEffectsAreDescribed(t *testing.T) {
	t.Parallel()
	d, _ := readDescription(t)
	r := start(t, nil)
	for _, effect := range d.Components.Schemas["Fault"].Properties["effect"].Enum {
		f := control.Fault{Effect: effect}
		if effect == "latency" || effect == "slow-body" || effect == "skew" {
			f.Delay = control.Duration(time.Second)
		}
		if _, err := r.AddFault(t.Context(), f); err != nil {
			t.Errorf("%s: %v", effect, err)
		}
	}
	for _, wrong := range d.Components.Schemas["Mint"].Properties["wrong"].Enum {
		m := control.Mint{Wrong: wrong, Nonce: "n"}
		if wrong == "revoked" {
			m = control.Mint{Wrong: wrong, Kind: control.KindAccessToken}
		}
		if _, err := r.MintToken(t.Context(), m); err != nil {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for _, tt := range []struct{ name, method, path, body, want string }{
		{"unknown member", "POST", control.PathLabTokens, `{"usr":"hanako"}`, `unknown field`},
		{"no JSON", "POST", control.PathLabTokens, `user=hanako`, `the body cannot be read`},
		{"two objects", "POST", control.PathLabTokens, `{}{}`, `something follows`},
		{"bad duration", "POST", control.PathLabClock, `{"do":"advance","by":"2 hours"}`, `want a number and a unit`},
		{"unknown verb", "POST", control.PathLabClock, `{"do":"melt"}`, `want freeze, advance, jump, resume or reset`},
		{"unknown effect", "POST", control.PathLabFaults, `{"effect":"fire"}`, `effect \"fire\"`},
		{"status without one", "POST", control.PathLabFaults, `{"effect":"reset","status":500}`, `has no status`},
		{"status of success", "POST", control.PathLabFaults, `{"effect":"status","status":200}`, `between 400 and 599`},
		{"latency without delay", "POST", control.PathLabFaults, `{"effect":"latency"}`, `without a delay`},
		{"endless delay", "POST", control.PathLabFaults, `{"effect":"latency","delay":"6m"}`, `at most 5m`},
		{"skew for one", "POST", control.PathLabFaults, `{"effect":"skew","delay":"1m","user":"taro"}`, `one for everybody`},
		{"unknown endpoint", "POST", control.PathLabFaults, `{"effect":"reset","endpoint":"tokens"}`, `endpoint \"tokens\"`},
		{"endpoint of another effect", "POST", control.PathLabFaults, `{"effect":"jwk-bad","endpoint":"token"}`, `does not befall token`},
		{"probability of two", "POST", control.PathLabFaults, `{"effect":"reset","probability":2}`, `out of range`},
		{"fault of nobody", "POST", control.PathLabFaults, `{"effect":"reset","user":"nobody"}`, `no user \"nobody\"`},
		{"fault of no channel", "POST", control.PathLabFaults, `{"effect":"reset","channel":"1"}`, `no channel \"1\"`},
		{"no such fault", "DELETE", control.PathLabFaults + "/9", ``, `no fault \"9\"`},
		{"no such trouble", "POST", control.PathLabTroubles + "/flood", ``, `no trouble \"flood\"`},
		{"trouble that happens once", "POST", control.PathLabTroubles + "/blocked-friend", `{"times":2}`, `happens once`},
		{"no such token", "POST", control.PathLabRevoke, `{"token":"x"}`, `no access token`},
		{"no such snapshot", "POST", control.PathLabSnapshots + "/9/restore", ``, `no snapshot \"9\"`},
		{"no state", "PUT", control.PathLabState, `{"tegataState":1}`, `a state of version 1`},
		{"state of another version", "PUT", control.PathLabState, `{"tegataState":2,"state":{}}`, `version 2; want 1`},
		{"state without keys", "PUT", control.PathLabState, `{"tegataState":1,"state":{}}`, `not whole`},
		{"bad sequence number", "GET", control.PathLabRequests + "?after=-1", ``, `not a sequence number`},
	} {
		status, body := r.send(t, tt.method, tt.path, tt.body, adminToken)
		var e control.Error
		if err := json.Unmarshal(body, &e); err != nil || status < 400 || status > 404 || e.Fix == "" || e.RequestID == "" || !strings.Contains(string(body), tt.want) {
			t.Errorf("%s: %d %s; want one that says %s and what to do", tt.name, status, body, tt.want)
		}
	}
	if got := r.profile(t, must[*control.Minted](t)(r.MintToken(t.Context(), control.Mint{Kind: control.KindAccessToken})).Token); got != 200 {
		t.Errorf("after all that was refused: %d", got)
	}
}

func (r *running) send(t *testing.T, method, path, body, token string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out bytes.Buffer
	if _, err := out.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, out.Bytes()
}

// TestEveryRouteIsGuarded: without the admin token nothing of the lab answers.
func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for pattern := range mounted() {
		method, path, _ := strings.Cut(pattern, " ")
		if status, body := r.send(t, method, path, "{}", ""); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s, want 401", pattern, status, body)
		}
	}
}

// TestNothingWithoutALab tries every route of the lab on a platform without one.
func TestNothingWithoutALab(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	sealer, err := platform.NewSealer("test", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p, err := platform.New(t.Context(), platform.Config{
		Store: st, Sealer: sealer, BaseURL: "https://id.example.com", AdminTokens: [][32]byte{sha256.Sum256([]byte(adminToken))},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	if p.Laboratory() != nil {
		t.Error("a production platform has a lab")
	}
	for pattern := range mounted() {
		method, path, _ := strings.Cut(pattern, " ")
		for name, h := range map[string]http.Handler{"public": p.Public(), "management": p.Management()} {
			req := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader("{}"))
			req.Header.Set("Authorization", "Bearer "+adminToken)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, req)
			if rec.Code != http.StatusNotFound {
				t.Errorf("%s on the %s side: %d, want 404", pattern, name, rec.Code)
			}
		}
	}
}

// TestEngineWithoutState: an engine that does not give its state has everything else.
func TestEngineWithoutState(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *platform.Config) { c.Store = struct{ store.Store }{c.Store} })
	must[*control.Minted](t)(r.MintToken(t.Context(), control.Mint{}))
	_, snapshot := r.TakeSnapshot(t.Context())
	_, export := r.ExportState(t.Context())
	for name, err := range map[string]error{"reset": r.ResetState(t.Context()), "snapshot": snapshot, "export": export} {
		var e *control.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, "kept in a database") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzImport(f *testing.F) {
	r := start(f, nil)
	good, err := r.ExportState(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(good))
	f.Add([]byte(`{"tegataState":1,"state":{"KeyRing":{}}}`))
	f.Add(bytes.Replace(good, []byte(`"Providers"`), []byte(`"providers"`), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := lab.ReadFile(data)
		if (file == nil) == (err == nil) || file != nil && file.State == nil {
			t.Errorf("file %v with error %v", file, err)
		}
	})
}
