package resource_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/resource"
	"github.com/tegata-id/tegata/store"
)

const (
	paramsBad  = `{"error":"invalid_request","error_description":"some parameters missed or invalid"}`
	expired    = `{"error":"invalid_request","error_description":"access token expired"}`
	malformed  = `{"error":"invalid_request","error_description":"The access token malformed"}`
	noToken    = `{"message":"Authentication failed: no access token"}`
	noScope    = `{"message":"user doesn't grant required permissions yet"}`
	deadToken  = `{"message":"The access token expired"}`
	revoked    = `{"message":"The access token revoked"}`
	brokenForm = `{"message":"The access token malformed"}`
)

func newWorld(t testing.TB) *issuetest.World {
	t.Helper()
	w := issuetest.New(t)
	return w.Mount(&resource.Endpoints{
		Store: w.Store, Issue: w.Issue, Ring: w.Ring, Now: w.Now, Issuer: issuetest.Issuer, Picture: issuetest.Picture,
	})
}

func verify(w *issuetest.World, raw string) issuetest.Answer {
	return w.Ask("GET", wire.PathVerify+"?access_token="+url.QueryEscape(raw), "")
}

func bearer(w *issuetest.World, method, path, raw string) issuetest.Answer {
	return w.Ask(method, path, "", "Authorization", "Bearer "+raw, "Content-Type", "application/json")
}

// TestVerifyAccess: GET verify names channel, scope and the seconds that are left.
func TestVerifyAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.Tokens(issuetest.Login{Scopes: []string{"profile", "openid", "email", "real_name"}})
	liff := w.Tokens(issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp}})
	v21 := w.ChannelToken(issuetest.Web, store.ChannelTokenV21, time.Hour)
	free := w.ChannelToken(issuetest.Web, store.ChannelTokenStateless, issue.StatelessLife)
	w.Advance(1500 * time.Millisecond)
	a := verify(w, out.AccessToken)
	w.Want(a, 200, `{"scope":"profile openid real_name","client_id":"2000000001","expires_in":2591998}`)
	if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Content-Type") != "application/json;charset=UTF-8" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", a.Header)
	}
	w.Want(verify(w, liff.AccessToken), 200, `{"scope":"profile openid","client_id":"2000000001","expires_in":43198}`)
	w.Want(verify(w, v21), 200, `{"scope":"","client_id":"2000000001","expires_in":3598}`)
	w.Want(verify(w, free), 200, `{"scope":"","client_id":"2000000001","expires_in":898}`)
	w.Advance(13 * time.Hour)
	w.Want(verify(w, liff.AccessToken), 400, expired, liff.AccessToken)
	w.Want(verify(w, v21), 400, `{"error":"invalid_request","error_description":"The access token expired"}`, v21)
	w.Advance(issue.AccessLife)
	w.Want(verify(w, out.AccessToken), 400, expired, out.AccessToken)
}

func TestVerifyAccessRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.Tokens(issuetest.Login{})
	ended := w.Tokens(issuetest.Login{})
	t1, err := w.Issue.AccessToken(t.Context(), ended.AccessToken)
	w.Must(err)
	w.Must(w.Store.RevokeAccessToken(t.Context(), t1.ID, w.Now(), "revoke"))
	v21 := w.ChannelToken(issuetest.Web, store.ChannelTokenV21, time.Hour)
	code, _ := w.Code(issuetest.Login{})
	elsewhere := newWorld(t).Tokens(issuetest.Login{}).AccessToken
	for _, tt := range []struct{ name, raw, want string }{
		{"revoked", ended.AccessToken, expired},
		{"empty", "", paramsBad},
		{"nonsense", "nonsense", malformed},
		{"letters of other tokens", "bNl4YEFPI/hjFWhTqexp4MuEw5YPs7qhr6dJDXKwNPuLka+B==", malformed},
		{"refresh token", out.RefreshToken, malformed},
		{"ID token", out.IDToken, malformed},
		{"code", code, malformed},
		{"altered", out.AccessToken[:40] + "AAAAAAAA" + out.AccessToken[48:], malformed},
		{"of another platform", elsewhere, malformed},
		{"channel token, altered", v21[:40] + "AAAAAAAA" + v21[48:], `{"error":"invalid_request","error_description":"The access token not JWS"}`},
		{"oversize", strings.Repeat("a", 1<<16), malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w.Want(verify(w, tt.raw), 400, tt.want, out.AccessToken, ended.AccessToken, v21, code, elsewhere)
		})
	}
	w.Want(w.Ask("GET", wire.PathVerify, ""), 400, paramsBad)
	w.Want(w.Ask("GET", wire.PathVerify+"?access_token="+out.AccessToken+"&a=1&a=2&access_token=x", ""), 400, paramsBad)
	issuetest.Hostile(t, w, "GET", wire.PathVerify, url.Values{"access_token": {out.AccessToken}})
}

// TestUnknown: a token of ours that the store has forgotten.
func TestUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.Tokens(issuetest.Login{}).AccessToken
	v21 := w.ChannelToken(issuetest.Web, store.ChannelTokenV21, time.Hour)
	w.Advance(365 * 24 * time.Hour)
	for {
		n, err := w.Store.Sweep(t.Context(), w.Now(), 100)
		w.Must(err)
		if n == 0 {
			break
		}
	}
	w.Want(verify(w, raw), 400, expired, raw)
	w.Want(verify(w, v21), 400, `{"error":"invalid_request","error_description":"The access token expired"}`, v21)
	w.Want(bearer(w, "GET", wire.PathProfile, raw), 401, deadToken, raw)
}

func TestProfileAndUserinfo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// JSON writers escape what HTML would read, which is the same JSON.
	const (
		hanako   = `{"userId":"$SUB","displayName":"鈴木 \"花子\"","pictureUrl":"http://localhost:4800/picture/hanako","statusMessage":"お茶が\u003c好き\u003eです"}`
		userinfo = `{"sub":"$SUB","name":"鈴木 \"花子\"","picture":"http://localhost:4800/picture/hanako"}`
	)
	for _, tt := range []struct {
		name, method, path, person string
		scopes                     []string
		status                     int
		want                       string
	}{
		{"profile", "GET", wire.PathProfile, issuetest.Hanako, []string{"profile"}, 200, hanako},
		{"profile, nothing set", "GET", wire.PathProfile, issuetest.Jiwoo, []string{"profile"}, 200, `{"userId":"$SUB","displayName":"김지우"}`},
		{"profile without the scope", "GET", wire.PathProfile, issuetest.Hanako, []string{"openid"}, 403, noScope},
		{"userinfo", "GET", wire.PathUserinfo, issuetest.Hanako, []string{"openid", "profile", "email", "phone"}, 200, userinfo},
		{"userinfo by POST", "POST", wire.PathUserinfo, issuetest.Hanako, []string{"openid", "profile"}, 200, userinfo},
		{"userinfo, nothing set", "GET", wire.PathUserinfo, issuetest.Jiwoo, []string{"openid", "profile"}, 200, `{"sub":"$SUB","name":"김지우"}`},
		{"userinfo, openid alone", "GET", wire.PathUserinfo, issuetest.Hanako, []string{"openid"}, 200, `{"sub":"$SUB"}`},
		{"userinfo without the scope", "GET", wire.PathUserinfo, issuetest.Hanako, []string{"profile"}, 403, noScope},
		{"userinfo by POST without the scope", "POST", wire.PathUserinfo, issuetest.Hanako, []string{"profile"}, 403, noScope},
		{"friendship without the scope", "GET", wire.PathFriendship, issuetest.Hanako, []string{"openid"}, 403, noScope},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := w.Tokens(issuetest.Login{Person: tt.person, Scopes: tt.scopes}).AccessToken
			w.Want(bearer(w, tt.method, tt.path, raw), tt.status, strings.ReplaceAll(tt.want, "$SUB", issuetest.UserID(tt.person)), raw)
		})
	}
}

// TestPersonGone: a token of a person whom the store does not have.
func TestPersonGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.Tokens(issuetest.Login{Person: issuetest.Hanako}).AccessToken
	w.Forget(issuetest.Hanako)
	for _, path := range []string{wire.PathProfile, wire.PathUserinfo} {
		w.Want(bearer(w, "GET", path, raw), 401, revoked, raw)
	}
}

// TestBearer: how the token comes, at each endpoint that wants one.
func TestBearer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.Tokens(issuetest.Login{})
	ended := w.Tokens(issuetest.Login{})
	t1, err := w.Issue.AccessToken(t.Context(), ended.AccessToken)
	w.Must(err)
	w.Must(w.Store.RevokeAccessToken(t.Context(), t1.ID, w.Now(), "close"))
	v21 := w.ChannelToken(issuetest.Web, store.ChannelTokenV21, time.Hour)
	for _, at := range [][2]string{{"GET", wire.PathProfile}, {"GET", wire.PathUserinfo}, {"POST", wire.PathUserinfo}, {"GET", wire.PathFriendship}} {
		for _, tt := range []struct {
			name   string
			header []string // values of Authorization
			status int
			want   string
		}{
			{"good", []string{"Bearer " + out.AccessToken}, 200, `{…}`},
			{"lower case", []string{"bearer " + out.AccessToken}, 200, `{…}`},
			{"none", nil, 401, noToken},
			{"empty", []string{""}, 401, noToken},
			{"scheme alone", []string{"Bearer"}, 401, noToken},
			{"nothing behind the scheme", []string{"Bearer "}, 401, noToken},
			{"Basic", []string{"Basic " + out.AccessToken}, 401, noToken},
			{"token alone", []string{out.AccessToken}, 401, noToken},
			{"twice", []string{"Bearer " + out.AccessToken, "Bearer " + out.AccessToken}, 401, noToken},
			{"two spaces", []string{"Bearer  " + out.AccessToken}, 401, brokenForm},
			{"nonsense", []string{"Bearer x"}, 401, brokenForm},
			{"oversize", []string{"Bearer " + strings.Repeat("a", 1<<16)}, 401, brokenForm},
			{"ID token", []string{"Bearer " + out.IDToken}, 401, brokenForm},
			{"refresh token", []string{"Bearer " + out.RefreshToken}, 401, brokenForm},
			{"channel token", []string{"Bearer " + v21}, 401, brokenForm},
			{"revoked", []string{"Bearer " + ended.AccessToken}, 401, revoked},
		} {
			t.Run(at[0]+" "+at[1]+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				var header []string
				for _, v := range tt.header {
					header = append(header, "Authorization", v)
				}
				a := w.Ask(at[0], at[1], "", header...)
				w.Want(a, tt.status, tt.want, out.AccessToken, ended.AccessToken, v21)
				if tt.status == 401 && !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
					t.Errorf("WWW-Authenticate: %q", a.Header.Get("WWW-Authenticate"))
				}
			})
		}
	}
	if a := w.Ask("GET", wire.PathProfile+"?access_token="+out.AccessToken, ""); a.Status != 401 {
		t.Errorf("a token in the query: %d", a.Status)
	}
	if a := w.Ask("POST", wire.PathUserinfo, "access_token="+out.AccessToken); a.Status != 401 {
		t.Errorf("a token in the body: %d", a.Status)
	}
}

func TestExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.Tokens(issuetest.Login{}).AccessToken
	w.Advance(issue.AccessLife - time.Second)
	if a := bearer(w, "GET", wire.PathProfile, raw); a.Status != 200 {
		t.Errorf("a second before the end: %d %s", a.Status, a.Body)
	}
	w.Advance(time.Second)
	w.Want(bearer(w, "GET", wire.PathProfile, raw), 401, deadToken, raw)
}

func TestFriendship(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.Tokens(issuetest.Login{}).AccessToken
	status := func(f store.Friendship, want string) {
		t.Helper()
		_, err := w.Store.SetFriendship(t.Context(), issuetest.Hanako, issuetest.Bot, f)
		w.Must(err)
		w.Want(bearer(w, "GET", wire.PathFriendship, raw), 200, want)
		w.Want(bearer(w, "GET", wire.PathFriendship+"?officialAccountId=%40teahouse", raw), 200, want)
	}
	w.Want(bearer(w, "GET", wire.PathFriendship, raw), 200, `{"friendFlag":false}`)
	status(store.Friend, `{"friendFlag":true}`)
	status(store.Blocked, `{"friendFlag":false}`)
	status(store.NotFriend, `{"friendFlag":false}`)
	for _, id := range []string{"@other", "teahouse", "%40teahouse%20", strings.Repeat("a", 1<<14)} {
		w.Want(bearer(w, "GET", wire.PathFriendship+"?officialAccountId="+id, raw), 400, `{"message":"Bot not found"}`, raw)
	}
	w.Want(bearer(w, "GET", wire.PathFriendship+"?officialAccountId=%zz", raw), 400, paramsBad, raw)
	alone := w.Tokens(issuetest.Login{Request: store.Request{ChannelID: issuetest.Mobile}}).AccessToken
	w.Want(bearer(w, "GET", wire.PathFriendship, alone), 400, `{"message":"There is no login bot linked to this channel."}`, alone)
}

// FuzzVerifyAccess: whatever the query, the answer is one of LINE's.
func FuzzVerifyAccess(f *testing.F) {
	w := newWorld(f)
	f.Add("access_token=" + w.Tokens(issuetest.Login{}).AccessToken)
	f.Add("access_token=%zz")
	f.Add("access_token=tga_A&access_token")
	f.Fuzz(func(t *testing.T, query string) {
		w.T = t
		u := url.URL{Path: wire.PathVerify, RawQuery: query}
		if _, err := url.ParseRequestURI(u.String()); err != nil || strings.ContainsAny(query, " \x7f") || strings.ContainsFunc(query, func(r rune) bool { return r < ' ' }) {
			return
		}
		if a := w.Ask("GET", u.String(), ""); a.Status >= 500 || a.Body == "" {
			t.Fatalf("%d %q", a.Status, a.Body)
		}
	})
}
