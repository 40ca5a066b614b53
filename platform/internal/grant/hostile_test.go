package grant_test

import (
	"net/http"
	"net/url"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
)

// TestHostile spoils a good request to every endpoint.
func TestHostile(t *testing.T) {
	t.Parallel()
	secret := form("grant_type", "client_credentials", "client_id", issuetest.Web, "client_secret", issuetest.Secret(issuetest.Web))
	for _, tt := range []struct {
		name, method, path string
		form               func(w *issuetest.World) url.Values
	}{
		{"code", "POST", wire.PathToken, func(w *issuetest.World) url.Values {
			raw, _ := w.Code(pkce)
			return codeForm(raw, "code_verifier", issuetest.Verifier, "id_token_key_type", "JWK")
		}},
		{"LIFF code", "POST", wire.PathToken, func(w *issuetest.World) url.Values {
			raw, _ := w.Code(liff)
			return codeForm(raw, liffForm...)
		}},
		{"refresh", "POST", wire.PathToken, func(w *issuetest.World) url.Values {
			return refreshForm(w.Tokens(issuetest.Login{}).RefreshToken)
		}},
		{"assertion", "POST", wire.PathToken, func(w *issuetest.World) url.Values {
			return assertionForm(sign(t, gojose.RS256, signingKey(), keyID, claims(w)))
		}},
		{"stateless by secret", "POST", wire.PathStatelessV3, func(*issuetest.World) url.Values { return secret }},
		{"stateless by assertion", "POST", wire.PathStatelessV3, func(w *issuetest.World) url.Values {
			return assertionForm(sign(t, gojose.RS256, signingKey(), keyID, claims(w)))
		}},
		{"key IDs", "GET", wire.PathTokenKeyIDs, func(w *issuetest.World) url.Values {
			f := assertionForm(sign(t, gojose.RS256, signingKey(), keyID, claims(w)))
			f.Del("grant_type")
			return f
		}},
		{"short-lived", "POST", wire.PathV2AccessToken, func(*issuetest.World) url.Values { return secret }},
		{"v2 verify", "POST", wire.PathV2Verify, func(w *issuetest.World) url.Values {
			return form("access_token", w.ChannelToken(issuetest.Web, 2, 1e12))
		}},
		{"v2 revoke", "POST", wire.PathV2Revoke, func(w *issuetest.World) url.Values {
			return form("access_token", w.ChannelToken(issuetest.Web, 3, 1e12))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := withKey(t)
			issuetest.Hostile(t, w, tt.method, tt.path, tt.form(w))
			// What was spoilt along the way may have used up a code or revoked a token: a fresh
			// request works.
			good := tt.form(w).Encode()
			a := w.Ask(tt.method, tt.path, good)
			if tt.method == http.MethodGet {
				a = w.Ask(tt.method, tt.path+"?"+good, "")
			}
			if a.Status != http.StatusOK {
				t.Errorf("a good request: %d %s", a.Status, a.Body)
			}
		})
	}
}

// FuzzToken: whatever the body, the answer is one of LINE's.
func FuzzToken(f *testing.F) {
	w := withKey(f)
	raw, _ := w.Code(pkce)
	f.Add(codeForm(raw, "code_verifier", issuetest.Verifier).Encode(), basicAuth(issuetest.Web, "x"))
	f.Add(refreshForm(w.Tokens(issuetest.Login{}).RefreshToken).Encode(), "")
	f.Add(assertionForm(sign(f, gojose.RS256, signingKey(), keyID, claims(w))).Encode(), "Bearer x")
	f.Add("grant_type=authorization_code&code=%00&%zz", "Basic")
	f.Fuzz(func(t *testing.T, body, authorization string) {
		w.T = t
		a := w.Ask(http.MethodPost, wire.PathToken, body, "Content-Type", issuetest.FormType, "Authorization", authorization)
		if a.Status >= 500 || a.Body == "" {
			t.Fatalf("%d %q", a.Status, a.Body)
		}
	})
}
