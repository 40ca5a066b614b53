package tegata_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata"
)

// online makes a verifier ask the platform.
func online(cfg *tegata.Config) { cfg.Way = tegata.Online }

// payload is the answer of a platform that stands by a token with these claims.
func payload(t *testing.T, changes map[string]any) string {
	t.Helper()
	data, err := json.Marshal(claims(changes))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestOnline(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	es256 := p.token(t, nil)
	hs256 := sign(t, jose.HS256, []byte(secret), "", claims(nil))
	for name, c := range map[string]struct {
		raw    string
		types  tegata.KeyTypes
		checks []tegata.Check
		form   string
	}{
		"ES256":                  {raw: es256, form: "client_id=2000000001&id_token="},
		"HS256 without a secret": {raw: hs256, types: tegata.HS256, form: "client_id=2000000001&id_token="},
		"nonce and subject": {
			raw: es256, checks: []tegata.Check{tegata.WithNonce("n-0S6_WzA2Mj"), tegata.WithSubject(userID)},
			form: "client_id=2000000001&nonce=n-0S6_WzA2Mj&user_id=" + userID + "&id_token=",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer("/oauth2/v2.1/verify", func(w http.ResponseWriter, r *http.Request) {
				if err := r.ParseForm(); err != nil || r.Method != "POST" || r.URL.RawQuery != "" {
					t.Errorf("%s with query %q, %v; want a POST of a form", r.Method, r.URL.RawQuery, err)
				}
				got := r.PostForm
				if got.Get("id_token") != c.raw {
					t.Error("verify was asked about another token")
				}
				got.Set("id_token", "")
				var want []string
				for pair := range strings.SplitSeq(c.form, "&") {
					want = append(want, pair)
				}
				if diff := cmp.Diff(len(want), len(got)); diff != "" {
					t.Errorf("form %v, want the members of %s", got, c.form)
				}
				for _, pair := range want {
					if k, v, _ := strings.Cut(pair, "="); got.Get(k) != v {
						t.Errorf("form has %s=%q, want %q", k, got.Get(k), v)
					}
				}
				reply(200, payload(t, nil))(w, r)
			})
			v := p.verifier(t, online, func(cfg *tegata.Config) { cfg.KeyTypes = c.types })
			got, err := v.IDToken(t.Context(), c.raw, c.checks...)
			if err != nil || got.UserID != userID || got.Nonce != "n-0S6_WzA2Mj" {
				t.Errorf("IDToken = %+v, %v", got, err)
			}
			if n := p.requests("/oauth2/v2.1/certs"); n != 0 {
				t.Errorf("the keys were fetched %d times for nothing", n)
			}
		})
	}
}

// TestOnlineAnswers has what a platform says against a token, and answers that would fool
// one who believes them.
func TestOnlineAnswers(t *testing.T) {
	t.Parallel()
	no := func(text string) string {
		return fmt.Sprintf(`{"error":"invalid_request","error_description":%q}`, text)
	}
	good := payload(t, nil)
	for name, c := range map[string]struct {
		status int
		body   string
		check  []tegata.Check
		want   error
	}{
		"Invalid IdToken.":                    {400, no("Invalid IdToken."), nil, tegata.ErrSignature},
		"Invalid IdToken Issuer.":             {400, no("Invalid IdToken Issuer."), nil, tegata.ErrIssuer},
		"IdToken expired.":                    {400, no("IdToken expired."), nil, tegata.ErrExpired},
		"Invalid IdToken Audience.":           {400, no("Invalid IdToken Audience."), nil, tegata.ErrAudience},
		"Invalid IdToken Nonce.":              {400, no("Invalid IdToken Nonce."), nil, tegata.ErrNonce},
		"Invalid IdToken Subject Identifier.": {400, no("Invalid IdToken Subject Identifier."), nil, tegata.ErrSubject},
		"words that nobody knows":             {400, no("JWS format error"), nil, tegata.ErrInactive},
		"400 without words":                   {400, "", nil, tegata.ErrInactive},
		"400 like a success":                  {400, good, nil, tegata.ErrInactive},
		"401 like a success":                  {401, good, nil, tegata.ErrUnavailable},
		"204":                                 {204, "", nil, tegata.ErrUnavailable},
		"302":                                 {302, good, nil, tegata.ErrUnavailable},
		"429":                                 {429, good, nil, tegata.ErrUnavailable},
		"500":                                 {500, good, nil, tegata.ErrUnavailable},
		"empty":                               {200, "", nil, tegata.ErrUnavailable},
		"page":                                {200, "<html>", nil, tegata.ErrUnavailable},
		"list":                                {200, "[" + good + "]", nil, tegata.ErrUnavailable},
		"200 that is an error":                {200, no("IdToken expired."), nil, tegata.ErrUnavailable},
		"longer than any":                     {200, good + strings.Repeat(" ", 1<<20), nil, tegata.ErrUnavailable},
		"another channel's":                   {200, payload(t, map[string]any{"aud": "2000000002"}), nil, tegata.ErrAudience},
		"another issuer's":                    {200, payload(t, map[string]any{"iss": "https://evil.example"}), nil, tegata.ErrIssuer},
		"expired all the same":                {200, payload(t, map[string]any{"exp": clock.Unix() - 60, "iat": clock.Unix() - 3660}), nil, tegata.ErrExpired},
		"another nonce":                       {200, good, []tegata.Check{tegata.WithNonce("another")}, tegata.ErrNonce},
		"another user":                        {200, good, []tegata.Check{tegata.WithSubject(otherUser)}, tegata.ErrSubject},
		"no second factor":                    {200, payload(t, map[string]any{"amr": nil}), []tegata.Check{tegata.WithAMR("mfa")}, tegata.ErrMethod},
		"a lost nonce":                        {200, good, []tegata.Check{tegata.WithNonce("")}, tegata.ErrNonce},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer("/oauth2/v2.1/verify", reply(c.status, c.body))
			got, err := p.verifier(t, online).IDToken(t.Context(), p.token(t, nil), c.check...)
			wantRefusal(t, got, err, c.want)
		})
	}
}

// TestOnlineAsksNotInVain: what is seen to be wrong here is not sent to the platform.
func TestOnlineAsksNotInVain(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t, online)
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"no token":          {"hello", tegata.ErrMalformed},
		"an access token":   {rawAccess, tegata.ErrMalformed},
		"another algorithm": {sign(t, jose.HS256, []byte(secret), "", claims(nil)), tegata.ErrAlgorithm},
		"1 MiB":             {strings.Repeat("a", 1<<20), tegata.ErrMalformed},
	} {
		got, err := v.IDToken(t.Context(), c.raw)
		wantRefusal(t, got, err, c.want)
		if n := p.requests("/oauth2/v2.1/verify"); n != 0 {
			t.Errorf("%s: the platform was asked", name)
		}
	}
}

// TestOfflineElseOnline asks the platform only when its keys cannot be had: a token that
// was refused stays refused.
func TestOfflineElseOnline(t *testing.T) {
	t.Parallel()
	other := newPlatform(t)
	for name, c := range map[string]struct {
		keys  int // status of the certs endpoint
		way   tegata.Way
		raw   func(*platform) string
		want  error
		asked int
	}{
		"keys there":                      {200, tegata.OfflineElseOnline, func(p *platform) string { return p.token(t, nil) }, nil, 0},
		"keys there, forged":              {200, tegata.OfflineElseOnline, func(*platform) string { return other.token(t, nil) }, tegata.ErrSignature, 0},
		"keys there, unknown key":         {200, tegata.OfflineElseOnline, func(*platform) string { return sign(t, jose.ES256, other.key, "k2", claims(nil)) }, tegata.ErrUnknownKey, 0},
		"keys away":                       {503, tegata.OfflineElseOnline, func(p *platform) string { return p.token(t, nil) }, nil, 1},
		"keys away, and no such policy":   {503, tegata.Offline, func(p *platform) string { return p.token(t, nil) }, tegata.ErrUnavailable, 0},
		"keys away, and another's token ": {503, tegata.OfflineElseOnline, func(*platform) string { return "a.b.c" }, tegata.ErrMalformed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer("/oauth2/v2.1/verify", reply(200, payload(t, nil)))
			if c.keys != 200 {
				p.answer("/oauth2/v2.1/certs", reply(c.keys, ""))
			}
			v := p.verifier(t, func(cfg *tegata.Config) { cfg.Way = c.way })
			got, err := v.IDToken(t.Context(), c.raw(p))
			wantRefusal(t, got, err, c.want)
			if n := p.requests("/oauth2/v2.1/verify"); n != c.asked {
				t.Errorf("verify was asked %d times, want %d", n, c.asked)
			}
		})
	}
}
