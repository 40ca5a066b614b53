package resource_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// The answers of POST verify, full stops included.
const (
	badIDToken  = `{"error":"invalid_request","error_description":"Invalid IdToken."}`
	badIssuer   = `{"error":"invalid_request","error_description":"Invalid IdToken Issuer."}`
	idExpired   = `{"error":"invalid_request","error_description":"IdToken expired."}`
	badAudience = `{"error":"invalid_request","error_description":"Invalid IdToken Audience."}`
	badNonce    = `{"error":"invalid_request","error_description":"Invalid IdToken Nonce."}`
	badSubject  = `{"error":"invalid_request","error_description":"Invalid IdToken Subject Identifier."}`
)

func verifyID(w *issuetest.World, raw string, pairs ...string) issuetest.Answer {
	form := url.Values{"id_token": {raw}, "client_id": {issuetest.Web}}
	for ; len(pairs) > 0; pairs = pairs[2:] {
		form.Set(pairs[0], pairs[1])
	}
	return w.Post(wire.PathVerify, form)
}

// payloadOf returns the payload as it is in the token.
func payloadOf(t *testing.T, raw string) string {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestVerifyID: a good token answers its payload to the byte.
func TestVerifyID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := issuetest.Login{
		Scopes:  []string{"openid", "profile", "email", "real_name", "address"},
		Request: store.Request{Nonce: "n-0S6_WzA2Mj", HasMaxAge: true},
	}
	liff := issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp}}
	for name, raw := range map[string]string{
		"HS256": w.Tokens(l).IDToken, "ES256": w.ES256(l).IDToken, "LIFF": w.Tokens(liff).IDToken,
	} {
		want := payloadOf(t, raw)
		a := verifyID(w, raw)
		if a.Status != 200 || a.Body != want || a.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s\ngot  %d %s\nwant %s", name, a.Status, a.Body, want)
		}
		sub := issuetest.UserID(issuetest.Hanako)
		w.Want(verifyID(w, raw, "user_id", sub), 200, want)
		w.Want(verifyID(w, raw, "user_id", "", "nonce", ""), 200, want) // empty is absent
		w.Want(verifyID(w, raw, "user_id", strings.ToLower(sub)), 400, badSubject, raw)
		w.Want(verifyID(w, raw, "user_id", sub+" "), 400, badSubject, raw)
		w.Want(verifyID(w, raw, "nonce", "other"), 400, badNonce, raw)
		if name != "LIFF" { // a LIFF token has no nonce
			w.Want(verifyID(w, raw, "nonce", "n-0S6_WzA2Mj"), 200, want)
			w.Want(verifyID(w, raw, "nonce", "N-0S6_WzA2Mj"), 400, badNonce, raw)
		}
		w.Want(verifyID(w, raw, "id_token", ""), 400, paramsBad)
		w.Want(verifyID(w, raw, "client_id", ""), 400, paramsBad, raw)
	}
	es256 := w.ES256(l).IDToken
	w.Want(verifyID(w, es256, "client_id", issuetest.Mobile), 400, badAudience, es256)
	w.Want(verifyID(w, es256, "client_id", "9"), 400, badAudience, es256)
	hs256 := w.Tokens(l).IDToken
	w.Want(verifyID(w, hs256, "client_id", issuetest.Mobile), 400, badIDToken, hs256)
	w.Want(verifyID(w, hs256, "client_id", "9"), 400, badIDToken, hs256)
	issuetest.Hostile(t, w, "POST", wire.PathVerify, url.Values{
		"id_token": {es256}, "client_id": {issuetest.Web}, "nonce": {"n-0S6_WzA2Mj"}, "user_id": {issuetest.UserID(issuetest.Hanako)},
	})
}

// TestVerifyIDTime: one hour, to the second, without leeway; and no longer than that
// does anything else count.
func TestVerifyIDTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hs256, es256 := w.Tokens(issuetest.Login{}).IDToken, w.ES256(issuetest.Login{}).IDToken
	// Neither a withdrawn consent nor a rotated key ends an ID token.
	w.Must(w.Store.Deauthorize(t.Context(), issuetest.Hanako, issuetest.Web, w.Now()))
	w.Must(w.Ring.Rotate(t.Context()))
	fresh := w.ES256(issuetest.Login{}).IDToken
	w.Want(verifyID(w, fresh), 200, payloadOf(t, fresh)) // by the key that was the next
	w.Advance(time.Hour - time.Second)
	for _, raw := range []string{hs256, es256} {
		w.Want(verifyID(w, raw), 200, payloadOf(t, raw))
	}
	w.Advance(time.Second)
	for _, raw := range []string{hs256, es256} {
		w.Want(verifyID(w, raw), 400, idExpired, raw)
	}
	w.Advance(2 * time.Hour)
	w.Want(verifyID(w, es256), 400, badIDToken, es256) // its key is gone
}

// TestVerifyIDAhead: a token that another node has issued, whose clock is ahead, is good for
// a clock that is up to five minutes behind, and no longer for that.
func TestVerifyIDAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hs256, es256 := w.Tokens(issuetest.Login{}).IDToken, w.ES256(issuetest.Login{}).IDToken
	for _, tt := range []struct {
		behind time.Duration
		status int
	}{{time.Millisecond, 200}, {5 * time.Minute, 200}, {5*time.Minute + time.Second, 400}} {
		w.Advance(-tt.behind)
		for _, raw := range []string{hs256, es256} {
			if a := verifyID(w, raw); a.Status != tt.status {
				t.Errorf("a clock that is %v behind: status %d %s, want %d", tt.behind, a.Status, a.Body, tt.status)
			}
		}
		w.Advance(tt.behind)
	}
	w.Advance(time.Hour)
	w.Want(verifyID(w, es256), 400, idExpired, es256)
}

// TestVerifyIDSecrets: a token by an older secret is good while that secret is.
func TestVerifyIDSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.Tokens(issuetest.Login{}).IDToken
	sealed, err := w.Issue.SealSecret(issuetest.Web, strings.Repeat("n", 32))
	w.Must(err)
	w.ChangeChannel(issuetest.Web, func(c *store.Channel) {
		c.Secrets[0].ExpiresAt = w.Now().Add(time.Minute)
		c.Secrets = append([]store.ChannelSecret{{Sealed: sealed, CreatedAt: w.Now()}}, c.Secrets...)
	})
	fresh := w.Tokens(issuetest.Login{}).IDToken
	w.Want(verifyID(w, old), 200, payloadOf(t, old))
	w.Want(verifyID(w, fresh), 200, payloadOf(t, fresh))
	w.Advance(time.Minute)
	w.Want(verifyID(w, old), 400, badIDToken, old)
	w.Want(verifyID(w, fresh), 200, payloadOf(t, fresh))
}

// signed signs a payload with the key that signs ID tokens now.
func signed(w *issuetest.World, payload string) string {
	w.T.Helper()
	key, err := w.Ring.Signer(store.SignIDToken)
	w.Must(err)
	raw, err := key.Sign("JWT", []byte(payload))
	w.Must(err)
	return raw
}

// TestVerifyIDClaims: claims under a good signature, and which fault is told first.
func TestVerifyIDClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.Now().Unix()
	p := func(iss, aud string, exp int64, more string) string {
		return fmt.Sprintf(`{"iss":%q,"sub":"Uabc","aud":%q,"exp":%d,"iat":%d%s}`, iss, aud, exp, now, more)
	}
	const good = "https://access.line.me"
	for _, tt := range []struct{ name, payload, want string }{
		{"good", p(good, issuetest.Web, now+1, ""), `{…}`},
		{"unknown claims", p(good, issuetest.Web, now+1, `,"x":{"y":[1]}`), `{…}`},
		{"issuer", p(good+"/", issuetest.Web, now+1, ""), badIssuer},
		{"issuer by another scheme", p("http://access.line.me", issuetest.Web, now+1, ""), badIssuer},
		{"issuer before expiry", p("x", "y", now, ""), badIssuer},
		{"expired", p(good, issuetest.Web, now, ""), idExpired},
		{"expiry before audience", p(good, "y", now, ""), idExpired},
		{"audience", p(good, issuetest.Mobile, now+1, ""), badAudience},
		{"audience before nonce", p(good, issuetest.Mobile, now+1, `,"nonce":"x"`), badAudience},
		{"audience a list", strings.Replace(p(good, "x", now+1, ""), `"x"`, `["2000000001"]`, 1), badIDToken},
		{"expiry as text", strings.Replace(p(good, issuetest.Web, 5, ""), `:5,`, `:"1999999999",`, 1), badIDToken},
		{"no expiry", `{"iss":"https://access.line.me","sub":"U","aud":"2000000001","iat":1}`, badIDToken},
		{"no subject", fmt.Sprintf(`{"iss":"https://access.line.me","aud":"2000000001","exp":%d,"iat":1}`, now+1), badIDToken},
		{"twice", p(good, issuetest.Web, now+1, `,"sub":"Uother"`), badIDToken},
		{"issued tomorrow", strings.Replace(p(good, issuetest.Web, now+86401, ""), fmt.Sprint(`"iat":`, now), fmt.Sprint(`"iat":`, now+86400), 1), badIDToken},
		{"not JSON", `iss`, badIDToken},
		{"a list", `[]`, badIDToken},
		{"empty", ``, badIDToken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status := 400
			if tt.name == "good" || tt.name == "unknown claims" {
				status = 200
			}
			w.Want(verifyID(w, signed(w, tt.payload)), status, tt.want)
		})
	}
	raw := signed(w, p(good, issuetest.Web, now+1, `,"nonce":"n"`))
	w.Want(verifyID(w, raw, "nonce", "x", "user_id", "x"), 400, badNonce, raw)
}

// FuzzVerifyID: what is accepted has exactly the payload of a good token.
func FuzzVerifyID(f *testing.F) {
	w := newWorld(f)
	es256, hs256 := w.ES256(issuetest.Login{}).IDToken, w.Tokens(issuetest.Login{}).IDToken
	f.Add(es256, issuetest.Web)
	f.Add(hs256, issuetest.Web)
	f.Add(forge(`{"alg":"none"}`, []byte("{}"), nil), issuetest.Mobile)
	f.Fuzz(func(t *testing.T, raw, clientID string) {
		w.T = t
		a := verifyID(w, raw, "client_id", clientID)
		if a.Status >= 500 || a.Body == "" {
			t.Fatalf("%d %q", a.Status, a.Body)
		}
		if a.Status == 200 && (clientID != issuetest.Web || a.Body != payloadOf(t, es256) && a.Body != payloadOf(t, hs256)) {
			t.Fatalf("%q for %q: %s", raw, clientID, a.Body)
		}
	})
}
