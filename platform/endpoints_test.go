package platform_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkEndpoints: each step of a login and each use of its tokens, against a whole node on
// each engine, over 16 connections. "cpu-ns" is the CPU time of the node for one request,
// "postgres-ns" that of PostgreSQL, "req/s" how many were answered in a second while node,
// client and database shared the machine, and "p50-ms" how long half of them took at most.
func BenchmarkEndpoints(b *testing.B) {
	db := bigDatabase(b)
	for _, engine := range engines {
		b.Run(engine, func(b *testing.B) {
			n, where := nodeOn(b, engine, db, bigSize())
			c := newCaller(n)
			for _, step := range c.steps() {
				b.Run(step.name, func(b *testing.B) { c.measure(b, step, where) })
			}
		})
	}
}

// caller is the clients of a node.
type caller struct {
	*node
	client *http.Client
}

func newCaller(n *node) *caller {
	return &caller{n, &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: bigConns, DialContext: (&net.Dialer{}).DialContext},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// callStep is a step, and what must be made before it: its input for each request.
type callStep struct {
	name   string
	before func(*caller) (string, error)
	call   func(c *caller, input string) error
}

func (c *caller) steps() []callStep {
	token := func(c *caller) (string, error) { return c.issued("access_token") }
	some := func(c *caller) (string, error) {
		return c.Filling.Tokens[nextToken.Add(1)%int64(len(c.Filling.Tokens))], nil
	}
	none := func(*caller) (string, error) { return "", nil }
	bearer := func(path string) func(*caller, string) error {
		return func(c *caller, token string) error {
			_, _, err := c.send("GET", path, nil, 200, "Authorization", "Bearer "+token)
			return err
		}
	}
	return []callStep{
		{"authorize", none, func(c *caller, _ string) error { _, err := c.code(); return err }},
		{"token", (*caller).code, func(c *caller, code string) error { _, err := c.redeem(code); return err }},
		{"verify", some, func(c *caller, token string) error {
			_, _, err := c.send("GET", "/oauth2/v2.1/verify?access_token="+token, nil, 200)
			return err
		}},
		{"userinfo", some, bearer("/oauth2/v2.1/userinfo")},
		{"profile", some, bearer("/v2/profile")},
		{"refresh", func(c *caller) (string, error) { return c.issued("refresh_token") }, func(c *caller, refresh string) error {
			_, _, err := c.send("POST", "/oauth2/v2.1/token", url.Values{
				"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {bigChannel}, "client_secret": {bigSecret},
			}, 200)
			return err
		}},
		{"revoke", token, func(c *caller, token string) error {
			_, _, err := c.send("POST", "/oauth2/v2.1/revoke", url.Values{
				"access_token": {token}, "client_id": {bigChannel}, "client_secret": {bigSecret},
			}, 200)
			return err
		}},
		{"refused", none, func(c *caller, _ string) error {
			_, _, err := c.send("GET", "/oauth2/v2.1/verify?access_token=garbage", nil, 400)
			return err
		}},
	}
}

// nextToken goes through the tokens of all runs.
var nextToken atomic.Int64

// measure makes what the requests of a step need, sends them, and reports what they took.
func (c *caller) measure(b *testing.B, step callStep, where string) {
	inputs := make([]string, b.N)
	took := make([]time.Duration, b.N)
	each := func(f func(i int) error) {
		var next atomic.Int64
		var all sync.WaitGroup
		for range bigConns {
			all.Go(func() {
				for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
					if err := f(i); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	}
	each(func(i int) (err error) {
		inputs[i], err = step.before(c)
		return err
	})
	before, dbBefore := c.spent(b).CPU, backends(b, where)
	b.ResetTimer()
	each(func(i int) error {
		begin := time.Now()
		err := step.call(c, inputs[i])
		took[i] = time.Since(begin)
		return err
	})
	b.StopTimer()
	n := float64(b.N)
	b.ReportMetric(float64(c.spent(b).CPU-before)/n, "cpu-ns")
	if spent := backends(b, where) - dbBefore; spent > 0 {
		b.ReportMetric(float64(spent)/n, "postgres-ns")
	}
	b.ReportMetric(n/b.Elapsed().Seconds(), "req/s")
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(0, "ns/op")
}

// send sends a request and wants a status.
func (c *caller) send(method, path string, form url.Values, want int, header ...string) (http.Header, []byte, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, "http://"+c.Addr+path, body)
	if err != nil {
		return nil, nil, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != want {
		err = fmt.Errorf("%s %s: status %d, want %d: %s", method, path, resp.StatusCode, want, got)
	}
	return resp.Header, got, err
}

// code goes through authorize with a live session and consent, without a page.
func (c *caller) code() (string, error) {
	header, _, err := c.send("GET", "/oauth2/v2.1/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {bigChannel}, "redirect_uri": {bigCallback}, "state": {"st"},
		"scope": {"openid profile"}, "prompt": {"none"},
	}.Encode(), nil, http.StatusSeeOther, "Cookie", "__Host-tegata_session="+c.Filling.Session)
	if err != nil {
		return "", err
	}
	back, err := url.Parse(header.Get("Location"))
	if err != nil {
		return "", err
	}
	code := back.Query().Get("code")
	if code == "" {
		return "", fmt.Errorf("no code: %s", back)
	}
	return code, nil
}

// redeem exchanges a code for tokens, with an ID token signed by ES256.
func (c *caller) redeem(code string) (tokens map[string]any, err error) {
	_, body, err := c.send("POST", "/oauth2/v2.1/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {bigCallback}, "client_id": {bigChannel},
		"client_secret": {bigSecret}, "id_token_key_type": {"JWK"},
	}, 200)
	if err == nil {
		err = json.Unmarshal(body, &tokens)
	}
	return tokens, err
}

// issued makes a token of a kind.
func (c *caller) issued(kind string) (string, error) {
	code, err := c.code()
	if err != nil {
		return "", err
	}
	tokens, err := c.redeem(code)
	if err != nil {
		return "", err
	}
	token, _ := tokens[kind].(string)
	if token == "" {
		return "", fmt.Errorf("no %s in the answer", kind)
	}
	return token, nil
}
