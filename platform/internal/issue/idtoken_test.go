package issue_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// opened verifies an ID token with a library of somebody else and returns header and
// payload as they are.
func opened(t *testing.T, w *issuetest.World, channelID, raw string) (header, payload string) {
	t.Helper()
	token, err := gojose.ParseSignedCompact(raw, []gojose.SignatureAlgorithm{gojose.HS256, gojose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	var key any = []byte(issuetest.Secret(channelID))
	if token.Signatures[0].Header.Algorithm == "ES256" {
		var set gojose.JSONWebKeySet
		if err := json.Unmarshal(w.Ring.SetJSON(), &set); err != nil {
			t.Fatal(err)
		}
		key = set.Key(token.Signatures[0].Header.KeyID)[0]
	}
	data, err := token.Verify(key)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(raw, ".")
	h, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	return string(h), string(data)
}

const hs256 = `{"typ":"JWT","alg":"HS256"}`

func TestIDToken(t *testing.T) {
	t.Parallel()
	const start = `{"iss":"https://access.line.me","sub":"$SUB","aud":"2000000001","exp":1767326645,"iat":1767323045`
	const plus = `,"given_name":"花子","given_name_pronunciation":"ハナコ","middle_name":"M","family_name":"鈴木","family_name_pronunciation":"スズキ"` +
		`,"gender":"female","birthdate":"1990-04-01","phone_number":"+818012345678"` +
		`,"address":{"postal_code":"1600004","region":"東京都","locality":"新宿区","street_address":"四谷1-6-1\n101","country":"JP"}`
	for _, tt := range []struct {
		name  string
		login issuetest.Login
		want  string // after the claims that are always there
	}{
		{"openid alone", issuetest.Login{Scopes: []string{"openid"}}, `,"amr":["pwd"]}`},
		{"profile", issuetest.Login{}, `,"amr":["pwd"],"name":"鈴木 \"花子\"","picture":"http://localhost:4800/picture/hanako"}`},
		{"nobody's picture", issuetest.Login{Person: issuetest.Jiwoo}, `,"amr":["pwd"],"name":"김지우"}`},
		{"e-mail", issuetest.Login{Scopes: []string{"openid", "email"}}, `,"amr":["pwd"],"email":"hanako@example.com"}`},
		{"e-mail not registered", issuetest.Login{Person: issuetest.Jiwoo, Scopes: []string{"openid", "email"}}, `,"amr":["pwd"]}`},
		{
			"nonce, auth_time and two methods",
			issuetest.Login{Scopes: []string{"openid"}, AMR: []string{"pwd", "mfa"}, Request: store.Request{Nonce: "n/+\"<", HasMaxAge: true}},
			`,"auth_time":1767322985,"nonce":"n/+\"<","amr":["pwd","mfa"]}`,
		},
		{"nothing known of the method", issuetest.Login{Scopes: []string{"openid"}, AMR: []string{}}, `}`},
		{
			"everything", issuetest.Login{
				Scopes:  []string{"openid", "profile", "email", "real_name", "gender", "birthdate", "phone", "address"},
				Request: store.Request{Nonce: "n"},
			}, `,"nonce":"n","amr":["pwd"],"name":"鈴木 \"花子\"","picture":"http://localhost:4800/picture/hanako","email":"hanako@example.com"` + plus + `}`,
		},
		{
			"Profile+ not registered",
			issuetest.Login{Person: issuetest.Jiwoo, Scopes: []string{"openid", "real_name", "gender", "birthdate", "phone", "address"}},
			`,"amr":["pwd"]}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := issuetest.New(t)
			person := tt.login.Person
			if person == "" {
				person = issuetest.Hanako
			}
			header, payload := opened(t, w, issuetest.Web, w.Tokens(tt.login).IDToken)
			if want := strings.ReplaceAll(start, "$SUB", issuetest.UserID(person)) + tt.want; payload != want {
				t.Errorf("payload\ngot  %s\nwant %s", payload, want)
			}
			if header != hs256 {
				t.Errorf("header %s, want %s", header, hs256)
			}
		})
	}
}

// TestEmailUnshared: an address that is for logging in only is no claim.
func TestEmailUnshared(t *testing.T) {
	t.Parallel()
	w := issuetest.New(t)
	p, err := w.Store.Person(t.Context(), issuetest.Hanako)
	w.Must(err)
	p.EmailUnshared = true
	w.Must(w.Store.UpdatePerson(t.Context(), p))
	_, payload := opened(t, w, issuetest.Web, w.Tokens(issuetest.Login{Scopes: []string{"openid", "email"}}).IDToken)
	if strings.Contains(payload, "email") {
		t.Errorf("payload %s", payload)
	}
}

// TestAlgorithm: ES256 is asked for by the request, or follows from LIFF and native
// logins; the channel's own setting goes before.
func TestAlgorithm(t *testing.T) {
	t.Parallel()
	web := issuetest.Login{}
	liff := issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp, Challenge: issuetest.Challenge}}
	native := issuetest.Login{Request: store.Request{Native: true, Challenge: issuetest.Challenge}}
	for _, tt := range []struct {
		name    string
		login   issuetest.Login
		jwk     bool
		setting string
		want    string
	}{
		{"web", web, false, "", "HS256"},
		{"web with JWK", web, true, "", "ES256"},
		{"LIFF", liff, false, "", "ES256"},
		{"native", native, false, "", "ES256"},
		{"web, channel says ES256", web, false, "ES256", "ES256"},
		{"web with JWK, channel says HS256", web, true, "HS256", "HS256"},
		{"LIFF, channel says HS256", liff, true, "HS256", "HS256"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := issuetest.New(t)
			w.ChangeChannel(issuetest.Web, func(c *store.Channel) { c.IDTokenAlg = tt.setting })
			out := w.Tokens(tt.login)
			if tt.jwk {
				out = w.ES256(tt.login)
			}
			want := hs256
			if tt.want == "ES256" {
				key, err := w.Ring.Signer(store.SignIDToken)
				w.Must(err)
				want = `{"kid":"` + key.Public().KeyID() + `","typ":"JWT","alg":"ES256"}`
				if len(key.Public().KeyID()) != 64 {
					t.Errorf("kid %q, want 64 hexadecimal digits", key.Public().KeyID())
				}
			}
			if header, _ := opened(t, w, issuetest.Web, out.IDToken); header != want {
				t.Errorf("header %s, want %s", header, want)
			}
		})
	}
}

// TestTokenResponse: what comes with which flow, and how long it lives.
func TestTokenResponse(t *testing.T) {
	t.Parallel()
	w := issuetest.New(t)
	out := w.Tokens(issuetest.Login{Scopes: []string{"profile", "openid", "email"}})
	if out.TokenType != "Bearer" || out.ExpiresIn != 2592000 || out.RefreshToken == "" || out.IDToken == "" || out.Scope != "profile openid" {
		t.Errorf("web: %+v", out)
	}
	out = w.Tokens(issuetest.Login{Scopes: []string{"profile"}})
	if out.IDToken != "" || out.RefreshToken == "" {
		t.Errorf("an ID token without the scope openid, or no refresh token")
	}
	out = w.Tokens(issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp}})
	if out.ExpiresIn != 43200 || out.RefreshToken != "" || out.IDToken == "" {
		t.Errorf("LIFF: %+v", out)
	}
	access, err := w.Issue.AccessToken(t.Context(), out.AccessToken)
	w.Must(err)
	if access.Origin != store.LIFF || access.LIFFID != issuetest.WebApp || !access.ExpiresAt.Equal(w.Now().Add(12*time.Hour)) {
		t.Errorf("LIFF: %+v", access)
	}
}

// TestRead: what reading a token back says at each stage of its life.
func TestRead(t *testing.T) {
	t.Parallel()
	w := issuetest.New(t)
	out := w.Tokens(issuetest.Login{})
	record := func(raw string, known bool) {
		t.Helper()
		if r, err := w.Issue.AccessRecord(t.Context(), raw); known != (err == nil) || known && r.ChannelID != issuetest.Web {
			t.Errorf("AccessRecord: %+v, %v; want known %v", r, err, known)
		}
	}
	record(out.AccessToken, true)
	record(out.RefreshToken, false)
	record("nonsense", false)
	record(issuetest.New(t).Tokens(issuetest.Login{}).AccessToken, false)
	w.Advance(issue.AccessLife)
	record(out.AccessToken, true)
	if _, err := w.Issue.RefreshToken(t.Context(), out.RefreshToken); err != nil {
		t.Errorf("refresh token after 30 days: %v", err)
	}
	w.Advance(issue.RefreshLife - issue.AccessLife)
	if r, err := w.Issue.RefreshToken(t.Context(), out.RefreshToken); err == nil || r.ChannelID != "" {
		t.Errorf("refresh token after 90 days: %+v, %v", r, err)
	}
	for {
		n, err := w.Store.Sweep(t.Context(), w.Now(), 100)
		w.Must(err)
		if n == 0 {
			break
		}
	}
	record(out.AccessToken, false)
}

// TestSecretAtRest: nothing that the store holds of a token is the token.
func TestSecretAtRest(t *testing.T) {
	t.Parallel()
	w := issuetest.New(t)
	out := w.Tokens(issuetest.Login{})
	access, err := w.Issue.AccessToken(t.Context(), out.AccessToken)
	w.Must(err)
	row, err := w.Store.AccessToken(t.Context(), access.ID)
	w.Must(err)
	if tail := out.AccessToken[len("tga_A")+22:]; strings.Contains(tail, base64.RawURLEncoding.EncodeToString(row.Hash[:])) {
		t.Error("the store's hash is the token's secret")
	}
	c := w.Channel(issuetest.Web)
	if strings.Contains(string(c.Secrets[0].Sealed), issuetest.Secret(issuetest.Web)) {
		t.Error("the channel secret is in the store as it is")
	}
}
