package mint_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/discovery"
	"github.com/tegata-id/tegata/platform/internal/grant"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/lab/mint"
	"github.com/tegata-id/tegata/platform/internal/resource"
	"github.com/tegata-id/tegata/platform/internal/revoke"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// otherProvider is a channel of another provider than the world's.
const otherProvider = "2000000009"

// world is issuetest's with the endpoints that judge tokens, and a minter.
type world struct {
	*issuetest.World
	minter *mint.Minter
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := issuetest.New(t)
	w.Mount(
		&discovery.Endpoints{Ring: w.Ring, Issuer: issuetest.Issuer},
		&resource.Endpoints{Store: w.Store, Issue: w.Issue, Ring: w.Ring, Now: w.Now, Issuer: issuetest.Issuer, Picture: issuetest.Picture},
		&grant.Endpoints{Store: w.Store, Issue: w.Issue, Now: w.Now},
		&revoke.Endpoints{Store: w.Store, Issue: w.Issue, Now: w.Now},
	)
	sealed, err := w.Issue.SealSecret(otherProvider, issuetest.Secret(otherProvider))
	w.Must(err)
	w.Must(w.Store.CreateProvider(t.Context(), store.Provider{ID: "20", Name: "Neighbour"}))
	w.Must(w.Store.CreateChannel(t.Context(), store.Channel{
		ID: otherProvider, ProviderID: "20", Web: true, Status: store.Published, Secrets: []store.ChannelSecret{{Sealed: sealed}},
	}))
	return &world{w, &mint.Minter{
		Store: w.Store, Issue: w.Issue, Ring: w.Ring, Now: w.Now, Base: router.Base{API: issuetest.BaseURL},
		User: "hanako", Channel: issuetest.Web,
		UserID: func(provider, handle string) string { return issuetest.UserID("p-" + handle)[:31] + provider },
	}}
}

func (w *world) mint(m control.Mint) *control.Minted {
	w.T.Helper()
	got, err := w.minter.Mint(w.T.Context(), m)
	w.Must(err)
	return got
}

// verifier is a real one, which gets the JWK Set from the world.
func (w *world) verifier(change func(*tegata.Config)) *tegata.Verifier {
	w.T.Helper()
	cfg := tegata.Config{ChannelID: issuetest.Web, Now: w.Now, Transport: wireTo{w.Router}}
	change(&cfg)
	v, err := tegata.New(cfg)
	w.Must(err)
	return v
}

// wireTo sends requests to a handler.
type wireTo struct{ http.Handler }

func TestIDTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	es256 := w.verifier(func(*tegata.Config) {})
	hs256 := w.verifier(func(c *tegata.Config) {
		c.KeyTypes, c.ChannelSecret = tegata.HS256, tegata.Secret(issuetest.Secret(issuetest.Web))
	})
	for _, tt := range []struct {
		name   string
		mint   control.Mint
		checks []tegata.Check
		want   error // of the verifier, nil: good
	}{
		{"good", control.Mint{}, nil, nil},
		{"good with a nonce", control.Mint{Nonce: "n1"}, []tegata.Check{tegata.WithNonce("n1")}, nil},
		{"good of a fresh login", control.Mint{AuthTime: w.Now().Add(-time.Minute), AMR: []string{"linesso", "mfa"}}, []tegata.Check{tegata.WithMaxAge(time.Hour), tegata.WithAMR("mfa")}, nil},
		{"aged but good", control.Mint{Age: control.Duration(59 * time.Minute)}, nil, nil},
		{"two hours old", control.Mint{Age: control.Duration(2 * time.Hour)}, nil, tegata.ErrExpired},
		{"two hours old with a life of three", control.Mint{Age: control.Duration(2 * time.Hour), Life: control.Duration(3 * time.Hour)}, nil, nil},
		{"of the sibling, honestly", control.Mint{Channel: issuetest.Mobile}, nil, tegata.ErrAudience},
		{control.WrongChannel, control.Mint{Wrong: control.WrongChannel}, nil, tegata.ErrAudience},
		{control.WrongProvider, control.Mint{Wrong: control.WrongProvider}, nil, tegata.ErrAudience},
		{control.WrongIssuer, control.Mint{Wrong: control.WrongIssuer}, nil, tegata.ErrIssuer},
		{control.WrongExpired, control.Mint{Wrong: control.WrongExpired}, nil, tegata.ErrExpired},
		{control.WrongNotYet, control.Mint{Wrong: control.WrongNotYet}, nil, tegata.ErrNotYetValid},
		{control.WrongRetired, control.Mint{Wrong: control.WrongRetired}, nil, tegata.ErrUnknownKey},
		{control.WrongForeign, control.Mint{Wrong: control.WrongForeign}, nil, tegata.ErrSignature},
		{control.WrongSignature, control.Mint{Wrong: control.WrongSignature}, nil, tegata.ErrSignature},
		{control.WrongNonce, control.Mint{Wrong: control.WrongNonce, Nonce: "n1"}, []tegata.Check{tegata.WithNonce("n1")}, tegata.ErrNonce},
	} {
		for alg, v := range map[string]*tegata.Verifier{"ES256": es256, "HS256": hs256} {
			tt.mint.Algorithm = alg
			want := tt.want
			if alg == "HS256" && (tt.name == control.WrongRetired || tt.name == "of the sibling, honestly") {
				want = tegata.ErrSignature // another secret signed
			}
			got := w.mint(tt.mint)
			token, err := v.IDToken(t.Context(), got.Token, tt.checks...)
			if !errors.Is(err, want) {
				t.Errorf("%s %s: %v, want %v", tt.name, alg, err, want)
			}
			if want == nil && err == nil && (token.UserID != got.UserID || got.User != "hanako" || !token.Expires.Equal(got.ExpiresAt)) {
				t.Errorf("%s %s: the token says %+v, what was minted %+v", tt.name, alg, token, got)
			}
		}
	}
}

// TestOneThingIsWrong: a wrong token differs from the good one of the same moment in one
// claim, or in none and its signature.
func TestOneThingIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := claimsOf(t, w.mint(control.Mint{Nonce: "n1"}).Token)
	for wrong, differs := range map[string]string{
		control.WrongChannel: "aud", control.WrongProvider: "aud sub", control.WrongIssuer: "iss", control.WrongNonce: "nonce",
		control.WrongExpired: "exp iat", control.WrongNotYet: "exp iat",
		control.WrongRetired: "", control.WrongForeign: "", control.WrongSignature: "",
	} {
		got := claimsOf(t, w.mint(control.Mint{Nonce: "n1", Wrong: wrong}).Token)
		var names []string
		for name, value := range good {
			if string(got[name]) != string(value) {
				names = append(names, name)
			}
		}
		for name := range got {
			if good[name] == nil {
				t.Errorf("%s: has a claim %s", wrong, name)
			}
		}
		for _, name := range names {
			if !strings.Contains(differs, name) {
				t.Errorf("%s: differs in %v, want %q", wrong, names, differs)
			}
		}
		if len(names) != len(strings.Fields(differs)) {
			t.Errorf("%s: differs in %v, want %q", wrong, names, differs)
		}
	}
}

func claimsOf(t *testing.T, token string) map[string]json.RawMessage {
	t.Helper()
	var out map[string]json.RawMessage
	if err := json.Unmarshal(payloadOf(t, token), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpaqueTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	verify := func(token string) issuetest.Answer {
		return w.Ask(http.MethodGet, wire.PathVerify+"?access_token="+token, "")
	}
	for _, tt := range []struct {
		name string
		mint control.Mint
		want string
	}{
		{"good", control.Mint{}, `{"scope":"openid profile","client_id":"` + issuetest.Web + `","expires_in":2592000}`},
		{"of a LIFF app", control.Mint{LIFFID: issuetest.WebApp}, `{"scope":"openid profile","client_id":"` + issuetest.Web + `","expires_in":43200}`},
		{"aged", control.Mint{Age: control.Duration(29 * 24 * time.Hour), Scopes: []string{"profile"}}, `{"scope":"profile","client_id":"` + issuetest.Web + `","expires_in":86400}`},
		{"too old", control.Mint{Age: control.Duration(31 * 24 * time.Hour)}, "access token expired"},
		{control.WrongExpired, control.Mint{Wrong: control.WrongExpired}, "access token expired"},
		{control.WrongRevoked, control.Mint{Wrong: control.WrongRevoked}, "access token expired"},
		{control.WrongSignature, control.Mint{Wrong: control.WrongSignature}, "The access token malformed"},
		{control.WrongChannel, control.Mint{Wrong: control.WrongChannel}, `"client_id":"` + issuetest.Mobile + `"`},
		{control.WrongProvider, control.Mint{Wrong: control.WrongProvider}, `"client_id":"` + otherProvider + `"`},
	} {
		tt.mint.Kind = control.KindAccessToken
		if a := verify(w.mint(tt.mint).Token); !strings.Contains(a.Body, tt.want) {
			t.Errorf("%s: verify answers %d %s, want %s", tt.name, a.Status, a.Body, tt.want)
		}
	}
	w.ChangeChannel(issuetest.Web, func(c *store.Channel) { c.Mobile = true })
	refresh := w.mint(control.Mint{Kind: control.KindRefreshToken}).Token
	a := w.Post(wire.PathToken, map[string][]string{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {issuetest.Web}})
	var issued wire.TokenResponse
	if err := json.Unmarshal([]byte(a.Body), &issued); err != nil || a.Status != 200 {
		t.Fatalf("refresh: %d %s", a.Status, a.Body)
	}
	w.Must(w.Issue.Revoke(t.Context(), refresh, "revoke"))
	if a := verify(issued.AccessToken); a.Status != 400 {
		t.Errorf("an access token outlives the refresh token that it came from: %s", a.Body)
	}
	for _, wrong := range []string{control.WrongExpired, control.WrongRevoked, control.WrongSignature} {
		token := w.mint(control.Mint{Kind: control.KindRefreshToken, Wrong: wrong}).Token
		a := w.Post(wire.PathToken, map[string][]string{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {issuetest.Web}})
		if a.Status != 400 || !strings.Contains(a.Body, "invalid_grant") {
			t.Errorf("refresh token %s: %d %s", wrong, a.Status, a.Body)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct {
		name string
		mint control.Mint
		want string
	}{
		{"unknown kind", control.Mint{Kind: "cookie"}, `kind "cookie"; give id_token, access_token, refresh_token`},
		{"unknown user", control.Mint{User: "nobody"}, `there is no user "nobody"; give the handle`},
		{"unknown channel", control.Mint{Channel: "1"}, `there is no channel "1"`},
		{"unknown LIFF app", control.Mint{LIFFID: "1-12345678"}, `there is no LIFF app "1-12345678"`},
		{"LIFF app of another channel", control.Mint{LIFFID: issuetest.WebApp, Channel: issuetest.Mobile}, "belongs to channel " + issuetest.Web},
		{"unknown scope", control.Mint{Scopes: []string{"friends"}}, `scope "friends"`},
		{"unknown algorithm", control.Mint{Algorithm: "none"}, `algorithm "none"; give ES256 or HS256`},
		{"unknown wrong", control.Mint{Wrong: "ugly"}, `wrong "ugly" of id_token; give one of other-channel`},
		{"wrong of another kind", control.Mint{Wrong: control.WrongRetired, Kind: control.KindAccessToken}, `wrong "retired-key" of access_token`},
		{"wrong nonce without one", control.Mint{Wrong: control.WrongNonce}, "without a nonce"},
		{"nonce of an access token", control.Mint{Kind: control.KindAccessToken, Nonce: "n"}, "neither algorithm nor nonce"},
		{"refresh token of a LIFF app", control.Mint{Kind: control.KindRefreshToken, LIFFID: issuetest.WebApp}, "no refresh token"},
		{"no life", control.Mint{Life: -1}, "life -1ns"},
		{"too long a life", control.Mint{Life: control.Duration(20 * 365 * 24 * time.Hour)}, "ten years"},
		{"before all time", control.Mint{Age: control.Duration(100 * 365 * 24 * time.Hour)}, "between 1970 and 9998"},
	} {
		got, err := w.minter.Mint(t.Context(), tt.mint)
		var e *control.Error
		if got != nil || !errors.As(err, &e) || e.Fix == "" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v; want an error that says %q", tt.name, got, err, tt.want)
		}
	}
}
