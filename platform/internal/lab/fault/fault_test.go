package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatatest"
)

// get asks the platform and returns status, body and how the reading of the body ended.
func get(t *testing.T, p *tegatatest.Platform, path, bearer string) (status int, body string, header http.Header, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := p.Client().Do(r)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), resp.Header, err
}

// TestStatus: an answer of an error in LINE's dialect of its endpoint.
func TestStatus(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		fault      tegatatest.Fault
		status     int
		body       string
	}{
		{"resource", "/v2/profile", tegatatest.Fault{Endpoint: "profile"}, 500, `{"message":"Internal Server Error"}`},
		{"OAuth", "/oauth2/v2.1/verify?access_token=x", tegatatest.Fault{Endpoint: "verify", Status: 503}, 503, `{"error":"temporarily_unavailable","error_description":"Service Unavailable"}`},
		{"429 of a resource", "/v2/profile", tegatatest.Fault{Status: 429}, 429, `{"message":"Too Many Requests"}`},
		{"own words", "/oauth2/v2.1/userinfo", tegatatest.Fault{Endpoint: "userinfo", Status: 400, Code: "invalid_request", Message: "no"}, 400, `{"error":"invalid_request","error_description":"no"}`},
		{"by path", "/friendship/v1/status", tegatatest.Fault{Endpoint: "/friendship/", Status: 403, Message: "not now"}, 403, `{"message":"not now"}`},
		{"another endpoint", "/oauth2/v2.1/certs", tegatatest.Fault{Endpoint: "profile"}, 200, `{"keys":`},
	} {
		p := tegatatest.Start(t)
		tt.fault.Effect = tegatatest.Status
		p.Fault(tt.fault)
		status, body, header, err := get(t, p, tt.path, p.AccessToken(tegatatest.Token{}))
		if err != nil || status != tt.status || !strings.HasPrefix(body, tt.body) {
			t.Errorf("%s: %d %s, %v; want %d %s", tt.name, status, body, err, tt.status, tt.body)
		}
		if (header.Get("Retry-After") != "") != (tt.status == 429) {
			t.Errorf("%s: Retry-After is %q", tt.name, header.Get("Retry-After"))
		}
	}
}

// TestConnection: what befalls the connection, as a client sees it.
func TestConnection(t *testing.T) {
	t.Parallel()
	const certs = "/oauth2/v2.1/certs"
	p := tegatatest.Start(t, tegatatest.WithListener())
	_, whole, _, err := get(t, p, certs, "")
	if err != nil {
		t.Fatal(err)
	}
	end := p.Fault(tegatatest.Fault{Effect: tegatatest.Reset, Endpoint: "certs"})
	if status, body, _, err := get(t, p, certs, ""); err == nil {
		t.Errorf("reset: %d %s; want an error of the connection", status, body)
	}
	end()
	end = p.Fault(tegatatest.Fault{Effect: tegatatest.Truncate, Endpoint: "certs"})
	if status, body, _, err := get(t, p, certs, ""); !errors.Is(err, io.ErrUnexpectedEOF) || status != 200 || len(body) != len(whole)/2 {
		t.Errorf("truncate: %d, %d bytes of %d, %v; want half of them, then ErrUnexpectedEOF", status, len(body), len(whole), err)
	}
	end()
	if _, body, _, err := get(t, p, certs, ""); err != nil || body != whole {
		t.Errorf("afterwards: %s, %v", body, err)
	}
	got := p.Requests("certs")
	if len(got) != 4 || got[1].Status != 0 || !slices.Equal(got[1].Faults, []string{"reset"}) || got[3].Status != 200 || got[3].Faults != nil {
		t.Errorf("requests %+v", got)
	}
}

// TestTime: latency and slow bodies take the time that they are told, by the machine's
// clock, also when the platform's stands still.
func TestTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := tegatatest.Start(t)
		p.Clock.Freeze()
		for _, f := range []tegatatest.Fault{
			{Effect: tegatatest.Latency, Delay: 7 * time.Second}, {Effect: tegatatest.SlowBody, Delay: 20 * time.Second},
		} {
			end := p.Fault(f)
			begun := time.Now()
			status, _, _, err := get(t, p, "/oauth2/v2.1/certs", "")
			if err != nil || status != 200 || time.Since(begun) != f.Delay {
				t.Errorf("%s: %d, %v after %v; want %v", f.Effect, status, err, time.Since(begun), f.Delay)
			}
			end()
		}
		// A client that does not wait is not waited for.
		p.Fault(tegatatest.Fault{Effect: tegatatest.Latency, Delay: 5 * time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Login(ctx, tegatatest.Login{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a client with a time-out: %v", err)
		}
	})
}

// TestScope: a rule befalls what it is about and nothing else.
func TestScope(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	session := func(user, channel string) *tegatatest.Session {
		t.Helper()
		s, err := p.Login(t.Context(), tegatatest.Login{Visitor: tegatatest.Visitor{User: user}, Channel: channel})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	hanako, taro, sibling := session("hanako", ""), session("taro", ""), session("hanako", "2000000002")
	ask := func(s *tegatatest.Session) int {
		t.Helper()
		status, _, _, err := get(t, p, "/v2/profile", s.AccessToken)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	for _, tt := range []struct {
		name  string
		fault tegatatest.Fault
		want  [3]int // of hanako, taro, and hanako at the sibling channel
	}{
		{"of a user", tegatatest.Fault{User: "hanako"}, [3]int{500, 200, 500}},
		{"of a channel", tegatatest.Fault{Channel: "2000000001"}, [3]int{500, 500, 200}},
		{"of both", tegatatest.Fault{User: "hanako", Channel: "2000000002"}, [3]int{200, 200, 500}},
		{"the second", tegatatest.Fault{Nth: 2}, [3]int{200, 500, 200}},
		{"two times", tegatatest.Fault{Times: 2}, [3]int{500, 500, 200}},
		{"the first of taro", tegatatest.Fault{User: "taro", Nth: 1}, [3]int{200, 500, 200}},
	} {
		tt.fault.Effect = tegatatest.Status
		end := p.Fault(tt.fault)
		if got := [3]int{ask(hanako), ask(taro), ask(sibling)}; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		end()
	}
	// The endpoints find out whom they are asked about in different ways.
	p.Fault(tegatatest.Fault{Effect: tegatatest.Status, User: "taro", Status: 418})
	if _, err := p.Login(t.Context(), tegatatest.Login{Visitor: tegatatest.Visitor{User: "taro"}}); status(err) != 418 {
		t.Errorf("login of taro: %v, want 418", err)
	}
	if _, err := p.Login(t.Context(), tegatatest.Login{Visitor: tegatatest.Visitor{User: "mei"}}); err != nil {
		t.Errorf("login of mei: %v", err)
	}
	verify := func(user string) int {
		t.Helper()
		form := url.Values{"id_token": {p.IDToken(tegatatest.Token{User: user})}, "client_id": {"2000000001"}}
		resp, err := p.Client().PostForm(p.URL+"/oauth2/v2.1/verify", form)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if a, b := verify("taro"), verify("hanako"); a != 418 || b != 200 {
		t.Errorf("verify of an ID token: %d of taro, %d of hanako; want 418, 200", a, b)
	}
}

func status(err error) int {
	var e *tegatatest.LoginError
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// TestChance: with a probability, which answers go wrong follows from the seed alone.
func TestChance(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		p := tegatatest.Start(t)
		p.Fault(tegatatest.Fault{Effect: tegatatest.Status, Endpoint: "certs", Probability: 0.5, Seed: seed})
		out := ""
		for range 64 {
			status, _, _, err := get(t, p, "/oauth2/v2.1/certs", "")
			if err != nil {
				t.Fatal(err)
			}
			out += map[int]string{200: ".", 500: "x"}[status]
		}
		return out
	}
	a, b, c := run(7), run(7), run(8)
	if a != b || a == c || len(a) != 64 || strings.Count(a, "x") < 16 || strings.Count(a, "x") > 48 {
		t.Errorf("seed 7: %s and %s; seed 8: %s", a, b, c)
	}
}

// TestKeys: what goes wrong with the JWK Set.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault tegatatest.Fault
		want  error
	}{
		{"outage", tegatatest.Fault{Effect: tegatatest.JWKOutage}, tegata.ErrUnavailable},
		{"rotated", tegatatest.Fault{Effect: tegatatest.JWKRotated}, tegata.ErrUnknownKey},
		{"bad key", tegatatest.Fault{Effect: tegatatest.JWKBad}, nil},
		{"truncated", tegatatest.Fault{Effect: tegatatest.Truncate, Endpoint: "certs"}, tegata.ErrUnavailable},
	} {
		p := tegatatest.Start(t)
		p.Fault(tt.fault)
		if _, err := p.Verifier().IDToken(t.Context(), p.IDToken(tegatatest.Token{})); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestKeysRotated: a verifier that has fetched the keys fetches them again for a token of
// the key that signs now, as soon as it may.
func TestKeysRotated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := tegatatest.Start(t)
		v := p.Verifier()
		before := p.IDToken(tegatatest.Token{})
		if _, err := v.IDToken(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		p.Fault(tegatatest.Fault{Effect: tegatatest.KeysRotated})
		if _, err := v.IDToken(t.Context(), before); err != nil {
			t.Errorf("after a rotation, a token of the key before: %v", err)
		}
		time.Sleep(time.Minute) // a verifier does not look for keys all the time
		if _, err := v.IDToken(t.Context(), p.IDToken(tegatatest.Token{})); err != nil {
			t.Errorf("after a rotation, a token of the new key: %v", err)
		}
		if n := len(p.Requests("certs")); n != 2 {
			t.Errorf("the keys were fetched %d times, want 2", n)
		}
	})
}

// TestSkew: the platform's clock is off, and that of the verifier is not.
func TestSkew(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	v := p.Verifier()
	for _, tt := range []struct {
		by   time.Duration
		want error
	}{{30 * time.Second, nil}, {10 * time.Minute, tegata.ErrNotYetValid}, {-2 * time.Hour, tegata.ErrExpired}} {
		end := p.Fault(tegatatest.Fault{Effect: tegatatest.Skew, Delay: tt.by})
		if _, err := v.IDToken(t.Context(), p.IDToken(tegatatest.Token{})); !errors.Is(err, tt.want) {
			t.Errorf("off by %v: %v, want %v", tt.by, err, tt.want)
		}
		end()
	}
	if _, err := v.IDToken(t.Context(), p.IDToken(tegatatest.Token{})); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestDate: the Date of an answer is by the platform's clock.
func TestDate(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	p := tegatatest.Start(t, tegatatest.WithTime(at))
	for _, path := range []string{"/oauth2/v2.1/certs", "/v2/profile"} {
		_, _, header, err := get(t, p, path, "")
		if got, perr := http.ParseTime(header.Get("Date")); err != nil || perr != nil || !got.Equal(at) || len(header["Date"]) != 1 {
			t.Errorf("%s: Date %q, %v; want %v", path, header["Date"], err, at)
		}
	}
}

// TestRequests: what was asked is remembered, without secrets.
func TestRequests(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	s, err := p.Login(t.Context(), tegatatest.Login{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := json.Marshal(p.Requests(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{s.AccessToken, s.IDToken, s.RefreshToken, s.Callback.Query().Get("code"), p.Channel("").Secret} {
		if strings.Contains(string(all), secret) {
			t.Errorf("the requests hold a secret: %s", all)
		}
	}
	token := p.Requests("token")
	if len(token) != 1 || token[0].Params["grant_type"] != "authorization_code" || token[0].Status != 200 || !strings.HasSuffix(token[0].Params["code"], " bytes)") {
		t.Errorf("token: %+v", token)
	}
	if got := p.Requests("profile"); len(got) != 0 {
		t.Errorf("profile: %+v, want none", got)
	}
}
