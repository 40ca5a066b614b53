package grant_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

var (
	pkce   = issuetest.Login{Request: store.Request{Challenge: issuetest.Challenge}}
	liff   = issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp, Challenge: issuetest.Challenge}}
	native = issuetest.Login{Request: store.Request{ChannelID: issuetest.Mobile, Native: true, Challenge: issuetest.Challenge}}
	mobile = issuetest.Login{Request: store.Request{ChannelID: issuetest.Mobile}}

	liffForm   = []string{"client_secret", "-", "appId", issuetest.WebApp, "code_verifier", issuetest.Verifier}
	nativeForm = []string{"client_secret", "-", "client_id", issuetest.Mobile, "code_verifier", issuetest.Verifier}
	mobileForm = []string{"client_id", issuetest.Mobile, "client_secret", issuetest.Secret(issuetest.Mobile)}
)

// TestCode exchanges codes in every way that works. A code is good for one use.
func TestCode(t *testing.T) {
	t.Parallel()
	basic := []string{"client_id", "-", "client_secret", "-"}
	for _, tt := range []struct {
		name  string
		login issuetest.Login
		form  []string
		auth  string
		want  string
	}{
		{"secret in the form", issuetest.Login{}, nil, "", tokens},
		{"secret by Basic", issuetest.Login{}, basic, basicAuth(issuetest.Web, issuetest.Secret(issuetest.Web)), tokens},
		{"the same in both", issuetest.Login{}, nil, basicAuth(issuetest.Web, issuetest.Secret(issuetest.Web)), tokens},
		{"Basic, client_id in the form too", issuetest.Login{}, []string{"client_secret", "-"}, basicAuth(issuetest.Web, issuetest.Secret(issuetest.Web)), tokens},
		{"Basic, percent-encoded", issuetest.Login{}, basic, basicAuth(issuetest.Web, strings.ReplaceAll(issuetest.Secret(issuetest.Web), "0", "%30")), tokens},
		{"Basic, percent-encoded user", issuetest.Login{}, basic, basicAuth("%32"+issuetest.Web[1:], issuetest.Secret(issuetest.Web)), tokens},
		{"PKCE", pkce, []string{"code_verifier", issuetest.Verifier}, "", tokens},
		{"an empty verifier is an absent one", issuetest.Login{}, []string{"code_verifier", ""}, "", tokens},
		{"unknown parameters are ignored", issuetest.Login{}, []string{"client_version", "LINE SDK", "optional_redirect_uri", "https://x"}, "", tokens},
		{"JWK", issuetest.Login{}, []string{"id_token_key_type", "JWK"}, "", tokens},
		{"LIFF", liff, liffForm, "", liffTokens},
		{"LIFF, a secret is not looked at", liff, append([]string{}, append(liffForm, "client_secret", "wrong")...), "", liffTokens},
		{"native", native, nativeForm, "", tokens},
		{"native, with secret", native, append(mobileForm[:len(mobileForm):len(mobileForm)], "code_verifier", issuetest.Verifier), "", tokens},
		{"web login of a channel with a native app", mobile, mobileForm, "", tokens},
		{"tester of a channel under development", issuetest.Login{Person: issuetest.Taro, Request: store.Request{ChannelID: issuetest.Developing}}, []string{"client_id", issuetest.Developing, "client_secret", issuetest.Secret(issuetest.Developing)}, "", tokens},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			raw, _ := w.Code(tt.login)
			var header []string
			if tt.auth != "" {
				header = []string{"Authorization", tt.auth}
			}
			f := codeForm(raw, tt.form...)
			// The LIFF SDK names the charset.
			a := w.Ask("POST", wire.PathToken, f.Encode(), append(header, "Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")...)
			w.Want(a, 200, tt.want)
			if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("headers: %v", a.Header)
			}
			w.Want(w.Post(wire.PathToken, f, header...), 400, codeBad, raw)
			w.Advance(issue.CodeLife)
			w.Want(w.Post(wire.PathToken, f, header...), 400, codeBad, raw)
		})
	}
}

// TestCodeRefused sends wrong requests. None of them burns the code: the right request
// afterwards gets tokens.
func TestCodeRefused(t *testing.T) {
	t.Parallel()
	other := issuetest.Secret(issuetest.Mobile)
	for _, tt := range []struct {
		name  string
		login issuetest.Login
		right []string
		wrong []string // in place of, or beside, right
		auth  string
		want  string
	}{
		{"no grant_type", issuetest.Login{}, nil, []string{"grant_type", "-"}, "", paramsBad},
		{"unknown grant_type", issuetest.Login{}, nil, []string{"grant_type", "password"}, "", grantBad},
		{"no code", issuetest.Login{}, nil, []string{"code", "-"}, "", paramsBad},
		{"empty code", issuetest.Login{}, nil, []string{"code", ""}, "", paramsBad},
		{"no redirect_uri", issuetest.Login{}, nil, []string{"redirect_uri", "-"}, "", paramsBad},
		{"no client_id", issuetest.Login{}, nil, []string{"client_id", "-"}, "", paramsBad},
		{"unknown client_id", issuetest.Login{}, nil, []string{"client_id", "9999999999"}, "", clientBad},
		{"wrong secret", issuetest.Login{}, nil, []string{"client_secret", "wrong"}, "", secretBad},
		{"no secret", issuetest.Login{}, nil, []string{"client_secret", "-"}, "", secretBad},
		{"empty secret", issuetest.Login{}, nil, []string{"client_secret", ""}, "", secretBad},
		{"secret of another channel", issuetest.Login{}, nil, []string{"client_secret", other}, "", secretBad},
		{"Basic with a wrong secret", issuetest.Login{}, nil, []string{"client_id", "-", "client_secret", "-"}, basicAuth(issuetest.Web, "wrong"), secretBad},
		{"Basic without a secret", issuetest.Login{}, nil, []string{"client_id", "-", "client_secret", "-"}, basicAuth(issuetest.Web, ""), secretBad},
		{"Basic and form name two channels", issuetest.Login{}, nil, nil, basicAuth(issuetest.Mobile, other), clientBad},
		{"Basic and form name two channels, one secret", issuetest.Login{}, nil, []string{"client_secret", "-"}, basicAuth(issuetest.Mobile, other), clientBad},
		{"Basic and form give two secrets", issuetest.Login{}, nil, nil, basicAuth(issuetest.Web, "wrong"), clientBad},
		{"Basic of nonsense", issuetest.Login{}, nil, nil, "Basic %%%", clientBad},
		{"Basic not UTF-8", issuetest.Login{}, nil, nil, basicAuth("%ff", "x"), clientBad},
		{"Basic with NUL", issuetest.Login{}, nil, []string{"client_id", "-", "client_secret", "-"}, basicAuth("%00", "x"), clientBad},
		{"Basic badly encoded", issuetest.Login{}, nil, nil, basicAuth("%zz", "x"), clientBad},
		{"another scheme", issuetest.Login{}, nil, nil, "Bearer " + other, clientBad},
		{"code of another channel", issuetest.Login{}, nil, mobileForm, "", codeBad},
		{"another redirect_uri", issuetest.Login{}, nil, []string{"redirect_uri", issuetest.Callback + "/"}, "", redirectBad},
		{"redirect_uri with the callback's query", issuetest.Login{}, nil, []string{"redirect_uri", issuetest.Callback + "?code=$code"}, "", redirectBad},
		{"no verifier", pkce, []string{"code_verifier", issuetest.Verifier}, []string{"code_verifier", "-"}, "", verifierBad},
		{"wrong verifier", pkce, []string{"code_verifier", issuetest.Verifier}, []string{"code_verifier", strings.Repeat("a", 43)}, "", verifierBad},
		{"challenge for a verifier", pkce, []string{"code_verifier", issuetest.Verifier}, []string{"code_verifier", issuetest.Challenge}, "", verifierBad},
		{"short verifier", pkce, []string{"code_verifier", issuetest.Verifier}, []string{"code_verifier", issuetest.Verifier[:42]}, "", verifierBad},
		{"long verifier", pkce, []string{"code_verifier", issuetest.Verifier}, []string{"code_verifier", strings.Repeat("a", 129)}, "", verifierBad},
		{"verifier with other letters", pkce, []string{"code_verifier", issuetest.Verifier}, []string{"code_verifier", issuetest.Verifier + "="}, "", verifierBad},
		{"verifier without a challenge", issuetest.Login{}, nil, []string{"code_verifier", issuetest.Verifier}, "", verifierBad},
		{"LIFF code without appId", liff, liffForm, []string{"appId", "-"}, "", secretBad},
		{"LIFF code without appId, with secret", liff, liffForm, []string{"appId", "-", "client_secret", issuetest.Secret(issuetest.Web)}, "", codeBad},
		{"LIFF code of another app", liff, liffForm, []string{"appId", issuetest.MobileApp}, "", codeBad},
		{"LIFF code with the channel of another app", liff, liffForm, []string{"client_id", issuetest.Mobile}, "", codeBad},
		{"LIFF code without verifier", liff, liffForm, []string{"code_verifier", "-"}, "", verifierBad},
		{"web code with appId", pkce, []string{"code_verifier", issuetest.Verifier}, liffForm, "", codeBad},
		{"native code without verifier", native, nativeForm, []string{"code_verifier", "-"}, "", verifierBad},
		{"native code, secret wrong", native, nativeForm, []string{"client_secret", "wrong"}, "", secretBad},
		{"web code of a channel with a native app, no secret", mobile, mobileForm, []string{"client_secret", "-"}, "", secretBad},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			raw, _ := w.Code(tt.login)
			f := codeForm(raw, append(tt.right[:len(tt.right):len(tt.right)], tt.wrong...)...)
			for name := range f {
				f.Set(name, strings.ReplaceAll(f.Get(name), "$code", raw))
			}
			var header []string
			if tt.auth != "" {
				header = []string{"Authorization", tt.auth}
			}
			w.Want(w.Post(wire.PathToken, f, header...), 400, tt.want, raw, f.Get("client_secret"), f.Get("code_verifier"), other)
			if a := w.Post(wire.PathToken, codeForm(raw, tt.right...)); a.Status != 200 {
				t.Errorf("the right request afterwards: %d %s", a.Status, a.Body)
			}
		})
	}
}

// TestCodeForms sends codes that are none.
func TestCodeForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw, _ := w.Code(issuetest.Login{})
	out := w.Tokens(issuetest.Login{})
	for name, code := range map[string]string{
		"nonsense": "nonsense", "altered": raw[:len(raw)-1] + "!", "cut": raw[:len(raw)-1], "twice": raw + raw, "oversize": strings.Repeat("a", 1<<20),
		"an access token": out.AccessToken, "a refresh token": out.RefreshToken, "an ID token": out.IDToken,
		"of another platform": first(newWorld(t).Code(issuetest.Login{})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.Want(w.Post(wire.PathToken, codeForm(code)), 400, codeBad, raw, out.AccessToken, out.RefreshToken)
		})
	}
}

func first(s string, _ store.Code) string { return s }

// TestVerifierForm: a verifier of another form is refused even if it is that of the
// challenge.
func TestVerifierForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for verifier, status := range map[string]int{
		strings.Repeat("a", 42): 400, strings.Repeat("a", 43): 200, strings.Repeat("~", 128): 200, strings.Repeat("a", 129): 400,
		strings.Repeat("=", 43): 400, strings.Repeat("a", 42) + " ": 400, strings.Repeat("あ", 20): 400,
	} {
		sum := sha256.Sum256([]byte(verifier))
		raw, _ := w.Code(issuetest.Login{Request: store.Request{Challenge: base64.RawURLEncoding.EncodeToString(sum[:])}})
		want := tokens
		if status != 200 {
			want = verifierBad
		}
		w.Want(w.Post(wire.PathToken, codeForm(raw, "code_verifier", verifier)), status, want, raw, verifier)
	}
}

// TestTwoHeaders: two Authorization headers, be the first one right.
func TestTwoHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw, _ := w.Code(issuetest.Login{})
	f := codeForm(raw, "client_id", "-", "client_secret", "-")
	right := basicAuth(issuetest.Web, issuetest.Secret(issuetest.Web))
	w.Want(w.Post(wire.PathToken, f, "Authorization", right, "Authorization", "Basic x"), 400, clientBad, raw)
	w.Want(w.Post(wire.PathToken, f, "Authorization", right), 200, tokens)
}

// TestPublicNeedsPKCE: a code without challenge of a client without secret, which the
// authorization endpoint should not have issued, is refused.
func TestPublicNeedsPKCE(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw, _ := w.Code(issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp}})
	w.Want(w.Post(wire.PathToken, codeForm(raw, "client_secret", "-", "appId", issuetest.WebApp)), 400, verifierBad, raw)
	w.Want(w.Post(wire.PathToken, codeForm(raw, liffForm...)), 400, verifierBad, raw)
	raw, _ = w.Code(issuetest.Login{Request: store.Request{ChannelID: issuetest.Mobile, Native: true}})
	w.Want(w.Post(wire.PathToken, codeForm(raw, "client_secret", "-", "client_id", issuetest.Mobile)), 400, verifierBad, raw)
}

// TestCodeAfterChange: what has changed since the login counts at the exchange.
func TestCodeAfterChange(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		login  issuetest.Login
		form   []string
		change func(w *issuetest.World)
	}{
		{"consent withdrawn", issuetest.Login{}, nil, func(w *issuetest.World) {
			w.Must(w.Store.Deauthorize(t.Context(), issuetest.Hanako, issuetest.Web, w.Now()))
		}},
		{"consent withdrawn and given again", issuetest.Login{}, nil, func(w *issuetest.World) {
			w.Must(w.Store.Deauthorize(t.Context(), issuetest.Hanako, issuetest.Web, w.Now()))
			w.Tokens(issuetest.Login{})
		}},
		{
			"role taken",
			issuetest.Login{Person: issuetest.Taro, Request: store.Request{ChannelID: issuetest.Developing}},
			[]string{"client_id", issuetest.Developing, "client_secret", issuetest.Secret(issuetest.Developing)},
			func(w *issuetest.World) {
				w.ChangeChannel(issuetest.Developing, func(c *store.Channel) { c.Roles[issuetest.Taro] = store.RoleMember })
			},
		},
		{"LIFF app deleted", liff, liffForm, func(w *issuetest.World) {
			w.Must(w.Store.DeleteLIFFApp(t.Context(), issuetest.Web, issuetest.WebApp))
		}},
		{"ten minutes later", issuetest.Login{}, nil, func(w *issuetest.World) { w.Advance(issue.CodeLife) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			raw, _ := w.Code(tt.login)
			tt.change(w)
			w.Want(w.Post(wire.PathToken, codeForm(raw, tt.form...)), 400, codeBad, raw)
		})
	}
}

// TestPersonGone: a code of a person whom the store does not have.
func TestPersonGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw, _ := w.Code(issuetest.Login{Person: issuetest.Hanako})
	w.Forget(issuetest.Hanako)
	w.Want(w.Post(wire.PathToken, codeForm(raw)), 400, codeBad, raw)
}

// TestIDTokenKey: id_token_key_type decides the algorithm, and only its one value.
func TestIDTokenKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct{ value, head string }{
		{"-", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."}, // {"typ":"JWT","alg":"HS256"}
		{"JWK", "eyJraWQiOi"},                          // {"kid":
		{"jwk", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."},
	} {
		raw, _ := w.Code(issuetest.Login{})
		out := read(t, w.Post(wire.PathToken, codeForm(raw, "id_token_key_type", tt.value)))
		if !strings.HasPrefix(out.IDToken, tt.head) {
			t.Errorf("id_token_key_type %s: %s", tt.value, out.IDToken)
		}
	}
}

// TestGraceSecret: an older secret exchanges codes until its grace period ends.
func TestGraceSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealed, err := w.Issue.SealSecret(issuetest.Web, strings.Repeat("n", 32))
	w.Must(err)
	w.ChangeChannel(issuetest.Web, func(c *store.Channel) {
		c.Secrets[0].ExpiresAt = w.Now().Add(time.Minute)
		c.Secrets = append([]store.ChannelSecret{{Sealed: sealed, CreatedAt: w.Now()}}, c.Secrets...)
	})
	exchange := func(pairs ...string) issuetest.Answer {
		raw, _ := w.Code(issuetest.Login{})
		return w.Post(wire.PathToken, codeForm(raw, pairs...))
	}
	w.Want(exchange(), 200, tokens)
	w.Want(exchange("client_secret", strings.Repeat("n", 32)), 200, tokens)
	w.Advance(time.Minute)
	w.Want(exchange(), 400, secretBad)
}
