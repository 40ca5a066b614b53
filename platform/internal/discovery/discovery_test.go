package discovery_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/discovery"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

func newWorld(t testing.TB) *issuetest.World {
	t.Helper()
	w := issuetest.New(t)
	return w.Mount(&discovery.Endpoints{Ring: w.Ring, Issuer: issuetest.Issuer})
}

// line is LINE's document as it was last seen, and our three members behind it.
const line = `{"issuer":"https://access.line.me",` +
	`"authorization_endpoint":"https://access.line.me/oauth2/v2.1/authorize",` +
	`"token_endpoint":"https://api.line.me/oauth2/v2.1/token",` +
	`"revocation_endpoint":"https://api.line.me/oauth2/v2.1/revoke",` +
	`"userinfo_endpoint":"https://api.line.me/oauth2/v2.1/userinfo",` +
	`"scopes_supported":["openid","profile","email"],` +
	`"jwks_uri":"https://api.line.me/oauth2/v2.1/certs",` +
	`"response_types_supported":["code"],"subject_types_supported":["pairwise"],` +
	`"id_token_signing_alg_values_supported":["ES256"],"code_challenge_methods_supported":["S256"],` +
	`"response_modes_supported":["query","form_post","jwt","query.jwt","form_post.jwt"],` +
	`"grant_types_supported":["authorization_code","refresh_token","client_credentials"],` +
	`"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]}`

// TestMetadata: the URLs are of the host through which the request came.
func TestMetadata(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := strings.NewReplacer(
		`"https://access.line.me/`, `"`+issuetest.BaseURL+`/`, `"https://api.line.me/`, `"`+issuetest.BaseURL+`/`,
	).Replace(line)
	for host, want := range map[string]string{
		"localhost:4800": own, "access.line.me": line, "api.line.me": line, "ACCESS.line.me:443": line,
		"evil.example": own, "access.line.me.evil.example": own, "": own,
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", wire.PathDiscovery, nil)
		r.Host = host
		rec := httptest.NewRecorder()
		w.Router.ServeHTTP(rec, r)
		if rec.Code != 200 || rec.Body.String() != want || rec.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("Host %q: %d %v\ngot  %s\nwant %s", host, rec.Code, rec.Header(), rec.Body, want)
		}
	}
}

// TestKeys: the keys are LINE's in form, read by a library of somebody else; the key
// that signs is among them, the context key never is.
func TestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		a := w.Ask("GET", wire.PathCerts, "", "Authorization", "Bearer x", "Content-Type", "application/json") // as the LIFF SDK asks
		if a.Status != 200 || a.Header.Get("Cache-Control") != "public, max-age=300" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Fatalf("%d %v", a.Status, a.Header)
		}
		var raw struct{ Keys []map[string]string }
		var set gojose.JSONWebKeySet
		if err := json.Unmarshal([]byte(a.Body), &raw); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(a.Body), &set); err != nil {
			t.Fatal(err)
		}
		for i, k := range raw.Keys {
			if len(k) != 7 || k["kty"] != "EC" || k["alg"] != "ES256" || k["use"] != "sig" || k["crv"] != "P-256" || len(k["x"]) != 43 || len(k["y"]) != 43 {
				t.Errorf("key %d: %v", i, k)
			}
			if kid := k["kid"]; len(kid) != 64 || strings.Trim(kid, "0123456789abcdef") != "" || !set.Keys[i].IsPublic() || !set.Keys[i].Valid() {
				t.Errorf("key %d: kid %q", i, kid)
			}
		}
		signer, err := w.Ring.Signer(store.SignIDToken)
		w.Must(err)
		secret, err := w.Ring.Signer(store.SignContext)
		w.Must(err)
		if len(set.Key(signer.Public().KeyID())) != 1 || len(set.Key(secret.Public().KeyID())) != 0 || len(set.Keys) < 2 {
			t.Errorf("published: %s", a.Body)
		}
		w.Must(w.Ring.Rotate(t.Context()))
		w.Advance(time.Hour)
	}
}

// TestPreflight: the LIFF SDK sends Authorization, so browsers ask first.
func TestPreflight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{wire.PathDiscovery, wire.PathCerts} {
		a := w.Ask("OPTIONS", path, "", "Origin", "https://liff.example", "Access-Control-Request-Headers", "authorization, content-type")
		if a.Status != 204 || a.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "authorization") {
			t.Errorf("%s: %d %v", path, a.Status, a.Header)
		}
	}
	if a := w.Ask("POST", wire.PathCerts, "a=1"); a.Status != 405 || a.Header.Get("Allow") == "" {
		t.Errorf("POST certs: %d %v", a.Status, a.Header)
	}
}
