package tegata_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// sentinels are what the words of the list of wrong tokens mean.
var sentinels = []error{
	tegata.ErrMalformed, tegata.ErrAlgorithm, tegata.ErrUnknownKey, tegata.ErrSignature, tegata.ErrIssuer,
	tegata.ErrAudience, tegata.ErrExpired, tegata.ErrNotYetValid, tegata.ErrNonce, tegata.ErrMaxAge, tegata.ErrMethod,
	tegata.ErrInactive,
}

// certsOnly is a network in which nothing but LINE's JWK Set can be had, and access
// tokens are no longer accepted.
type certsOnly struct {
	mu    sync.Mutex // guards the rest
	set   string
	stray []string // what else was asked for
}

func (n *certsOnly) serve(set string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.set = set
}

// RoundTrip answers as LINE's API does.
func (n *certsOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	status, body := 200, n.set
	switch address := r.URL.Scheme + "://" + r.URL.Host + r.URL.Path; address {
	case "https://api.line.me/oauth2/v2.1/certs":
	case "https://api.line.me/oauth2/v2.1/verify":
		status, body = 400, `{"error":"invalid_request","error_description":"access token expired"}`
	default:
		n.stray = append(n.stray, r.URL.String())
		status, body = 404, "{}"
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// listed returns a verifier and the checks that a case asks for.
func listed(s wrongtoken.Settings, net *certsOnly, now func() time.Time) (*tegata.Verifier, []tegata.Check, error) {
	cfg := tegata.Config{ChannelID: s.Channel, ChannelSecret: tegata.Secret(s.Secret), Issuer: s.Issuer, Leeway: s.Leeway, Transport: net, Now: now}
	if s.Keys&wrongtoken.ES256 != 0 {
		cfg.KeyTypes |= tegata.ES256
	}
	if s.Keys&wrongtoken.HS256 != 0 {
		cfg.KeyTypes |= tegata.HS256
	}
	v, err := tegata.New(cfg)
	var checks []tegata.Check
	if s.Nonce != "" {
		checks = append(checks, tegata.WithNonce(s.Nonce))
	}
	if s.MaxAge != 0 {
		checks = append(checks, tegata.WithMaxAge(s.MaxAge))
	}
	for _, method := range s.AMR {
		checks = append(checks, tegata.WithAMR(method))
	}
	return v, checks, err
}

// run gives a case to a verifier of its own and returns whom that lets in.
func run(t *testing.T, c wrongtoken.Case, s wrongtoken.Settings) (string, error) {
	t.Helper()
	net := &certsOnly{set: c.Set}
	v, checks, err := listed(s, net, func() time.Time { return s.Now })
	if err != nil {
		return "", err
	}
	token, err := v.IDToken(t.Context(), c.Token, checks...)
	if len(net.stray) > 0 {
		t.Errorf("%s: the token made the verifier ask for %q", c.ID, net.stray)
	}
	if (err == nil) != (token != nil) {
		t.Fatalf("%s: %+v beside error %v", c.ID, token, err)
	}
	if err != nil {
		if part := strings.Split(c.Token, "."); len(c.Token) > 40 && strings.Contains(err.Error(), part[len(part)-1]) && part[len(part)-1] != "" {
			t.Errorf("%s: the error holds a part of the token: %.200v", c.ID, err)
		}
		return "", err
	}
	return token.UserID, nil
}

// TestStrictnessControls: the good tokens are let in, else the refusals show nothing.
// The neighbours stand beside keys that are of no use.
func TestStrictnessControls(t *testing.T) {
	t.Parallel()
	for _, c := range append(wrongtoken.Controls(), wrongtoken.Neighbours()...) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			if user, err := run(t, c, c.Settings); err != nil || user != wrongtoken.User {
				t.Errorf("%s: %q, %v; want the user", c.Attack, user, err)
			}
		})
	}
}

// TestStrictness gives every token of the list of attacks to a strict verifier: none is
// let in, and each is refused for its own reason. Where the safe answer is a policy, the
// option that refuses is set.
func TestStrictness(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex // guards the two counts
	refused, accepted := 0, 0
	t.Run("list", func(t *testing.T) {
		for _, c := range wrongtoken.All() {
			t.Run(c.ID, func(t *testing.T) {
				t.Parallel()
				in := !refuses(t, c)
				mu.Lock()
				defer mu.Unlock()
				if in {
					accepted++
				} else {
					refused++
				}
			})
		}
	})
	t.Logf("%d refused, %d accepted", refused, accepted)
	if accepted > 0 || refused != len(wrongtoken.All()) || refused < 300 {
		t.Errorf("%d refused, %d accepted of %d; want all refused", refused, accepted, len(wrongtoken.All()))
	}
}

// refuses says whether the attack came to nothing, and fails the test if it did not or
// if the reason is another one than it should be.
func refuses(t *testing.T, c wrongtoken.Case) bool {
	t.Helper()
	switch {
	case c.Earlier != nil:
		return refusesLater(t, c)
	case c.Reason == "inactive":
		return refusesGone(t, c)
	}
	user, err := run(t, c, c.Settings)
	switch {
	case c.Own != "" && err == nil:
		if user != c.Own {
			t.Errorf("%s: let in as %q, want as %q at most", c.Attack, user, c.Own)
		}
		return user == c.Own
	case err == nil:
		t.Errorf("%s: let in as %q", c.Attack, user)
		return false
	case c.Reason == "config":
		if tegata.Reason(err) != "" || !strings.Contains(err.Error(), "Config.ChannelSecret") {
			t.Errorf("%s: %v; want New to name the secret", c.Attack, err)
		}
		return true
	}
	wantReason(t, c, err)
	return true
}

// wantReason wants the one sentinel of the case's word, and no other.
func wantReason(t *testing.T, c wrongtoken.Case, err error) {
	t.Helper()
	if got := tegata.Reason(err); got != c.Reason {
		t.Errorf("%s: refused for %q (%v), want %q", c.Attack, got, err, c.Reason)
	}
	for _, s := range sentinels {
		if is := errors.Is(err, s); is != (tegata.Reason(s) == c.Reason) {
			t.Errorf("%s: errors.Is(%v, %v) = %v", c.Attack, err, s, is)
		}
	}
}

// refusesLater runs a case with a past, in time that passes at once.
func refusesLater(t *testing.T, c wrongtoken.Case) (refused bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		net := &certsOnly{set: c.Earlier.Set}
		begin := time.Now()
		now := func() time.Time { return c.Settings.Now.Add(time.Since(begin) - c.Earlier.Wait) }
		v, checks, err := listed(c.Settings, net, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.IDToken(t.Context(), c.Earlier.Token, checks...); err != nil {
			t.Fatalf("%s: the good token of before: %v", c.Attack, err)
		}
		net.serve(c.Set)
		time.Sleep(c.Earlier.Wait)
		_, err = v.IDToken(t.Context(), c.Token, checks...)
		if refused = err != nil; !refused {
			t.Errorf("%s: let in", c.Attack)
			return
		}
		wantReason(t, c, err)
	})
	return refused
}

// refusesGone asks the platform about an access token as well, since an ID token cannot
// tell that its user has left.
func refusesGone(t *testing.T, c wrongtoken.Case) bool {
	t.Helper()
	v, checks, err := listed(c.Settings, &certsOnly{set: c.Set}, func() time.Time { return c.Settings.Now })
	if err != nil {
		t.Fatal(err)
	}
	user, err := v.Both(t.Context(), c.Token, rawAccess, checks...)
	if err == nil {
		t.Errorf("%s: let in as %q", c.Attack, user.UserID)
		return false
	}
	wantReason(t, c, err)
	return true
}

// TestStrictnessPolicies: where the safe answer depends on what the server wants, the
// token is let in without the option; docs/comparison.md says so.
func TestStrictnessPolicies(t *testing.T) {
	t.Parallel()
	rows := map[string]int{}
	for _, c := range wrongtoken.All() {
		if c.Without == nil {
			continue
		}
		rows[c.Row()]++
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			if user, err := run(t, c, *c.Without); err != nil || user != wrongtoken.User {
				t.Errorf("%s, without %s: %q, %v; want it let in", c.Attack, c.Option, user, err)
			}
		})
	}
	for _, row := range []string{"B9", "C13", "C14", "C16", "C17", "C19", "C23"} {
		if rows[row] == 0 {
			t.Errorf("no case of %s runs without its option", row)
		}
	}
}

// TestStrictnessList holds the list together: every row of a verifier is there, each ID
// once, and the tokens are the same in each run but for one whose padding is random.
func TestStrictnessList(t *testing.T) {
	t.Parallel()
	again := wrongtoken.All()
	rows, ids := map[string]int{}, map[string]bool{}
	var differs []string
	for i, c := range wrongtoken.All() {
		if ids[c.ID] || c.Attack == "" || (c.Reason == "") != (c.Own != "") || c.Option == "" != (c.Without == nil) {
			t.Errorf("%s: the ID is there twice, or a field does not fit another", c.ID)
		}
		ids[c.ID] = true
		rows[c.Row()]++
		if c.Token != again[i].Token {
			differs = append(differs, c.ID)
		}
	}
	if want := []string{"B21/PS256"}; !slices.Equal(differs, want) {
		t.Errorf("two runs differ in %q, want %q", differs, want)
	}
	want := []string{"§2", "E19"}
	for i := 1; i <= 28; i++ {
		want = append(want, fmt.Sprint("B", i))
	}
	for i := 1; i <= 24; i++ {
		if i != 15 { // the same token in many requests at once: the nonce store's, in tegatahttp
			want = append(want, fmt.Sprint("C", i))
		}
	}
	for _, row := range want {
		if rows[row] == 0 {
			t.Errorf("row %s has no case", row)
		}
	}
	if len(rows) != len(want) {
		t.Errorf("%d rows have cases, want %d", len(rows), len(want))
	}
}
