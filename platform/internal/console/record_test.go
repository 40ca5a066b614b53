package console_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/console"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// refused notes that a call was not refused with a status and a code, words and a fix.
func refused(t *testing.T, what string, err error, status int, code string) {
	t.Helper()
	var e *control.Error
	if !errors.As(err, &e) || e.Status != status || e.Code != code || e.Message == "" || e.Fix == "" {
		t.Errorf("%s: got %#v, want status %d, code %s, words and a fix", what, err, status, code)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestProviders(t *testing.T) {
	t.Parallel()
	srv, _ := start(t)
	c, ctx := control.NewClient(srv.URL, token).Providers(), t.Context()
	got := must[*control.Provider](t)
	made := got(c.Create(ctx, control.ProviderChange{Name: new("Tea Company")}))
	if len(made.ProviderID) != 10 || made.Name != "Tea Company" {
		t.Errorf("made %+v, want an ID of ten digits", made)
	}
	_, err := c.Create(ctx, control.ProviderChange{ProviderID: &made.ProviderID, Name: new("x")})
	refused(t, "taken ID", err, http.StatusConflict, "exists")
	_, err = c.Create(ctx, control.ProviderChange{ProviderID: new("abc"), Name: new("x")})
	refused(t, "letters as ID", err, http.StatusBadRequest, "bad_request")
	_, err = c.Create(ctx, control.ProviderChange{})
	refused(t, "no name", err, http.StatusBadRequest, "bad_request")
	_, err = c.Create(ctx, control.ProviderChange{Name: new("a\nb")})
	refused(t, "two lines", err, http.StatusBadRequest, "bad_request")
	if p := got(c.Update(ctx, made.ProviderID, control.ProviderChange{Name: new("New")})); p.Name != "New" {
		t.Errorf("renamed: %+v", p)
	}
	if p := got(c.Show(ctx, made.ProviderID)); p.Name != "New" {
		t.Errorf("shown: %+v", p)
	}
	if l := must[*control.Providers](t)(c.List(ctx, nil)); len(l.Providers) != 2 {
		t.Errorf("listed %+v, want two", l)
	}
	refused(t, "delete one with channels", c.Delete(ctx, "10"), http.StatusConflict, "in_use")
	if err := c.Delete(ctx, made.ProviderID); err != nil {
		t.Error(err)
	}
	_, err = c.Show(ctx, made.ProviderID)
	refused(t, "shown after removal", err, http.StatusNotFound, "not_found")
	_, err = c.Update(ctx, made.ProviderID, control.ProviderChange{})
	refused(t, "changed after removal", err, http.StatusNotFound, "not_found")
	refused(t, "removed again", c.Delete(ctx, made.ProviderID), http.StatusNotFound, "not_found")
}

func TestChannels(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	c, got := client.Channels(), must[*control.Channel](t)
	made := got(c.Create(ctx, control.ChannelChange{
		ProviderID: new("10"), Name: new("Shop"), CallbackURLs: &[]string{"https://shop.example/cb", "http://localhost:3000/cb"},
		Scopes: &[]string{"email", "email"}, Roles: &map[string]string{"taro": "tester", "hanako@example.com": "admin"},
		BotID: new("@shop"), BotName: new("Shop"), PrivacyURL: new("https://shop.example/privacy"),
	}))
	want := control.Channel{
		ChannelID: made.ChannelID, ChannelSecret: made.ChannelSecret, ProviderID: "10", Name: "Shop", Status: "developing",
		AppTypes: []string{"web"}, CallbackURLs: []string{"https://shop.example/cb", "http://localhost:3000/cb"}, Scopes: []string{"email"},
		Roles: map[string]string{issuetest.Taro: "tester", issuetest.Hanako: "admin"}, BotID: "@shop", BotName: "Shop",
		PrivacyURL: "https://shop.example/privacy", Secrets: []control.SecretInfo{{CreatedAt: w.Now()}}, CreatedAt: w.Now(),
	}
	if diff := cmp.Diff(want, *made, cmpopts.EquateEmpty()); diff != "" || len(made.ChannelID) != 10 || len(made.ChannelSecret) != 32 {
		t.Errorf("made: -want +got\n%s", diff)
	}
	if ok, err := w.Issue.MatchSecret(w.Channel(made.ChannelID), made.ChannelSecret); !ok || err != nil {
		t.Errorf("the secret shown is not the channel's: %v", err)
	}
	want.ChannelSecret = ""
	if diff := cmp.Diff(want, *got(c.Show(ctx, made.ChannelID)), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("shown: -want +got\n%s", diff)
	}
	want.Status, want.AppTypes, want.BotID, want.BotName, want.PrivacyURL = "published", []string{"web", "mobile"}, "", "", ""
	changed := got(c.Update(ctx, made.ChannelID, control.ChannelChange{
		Status: new("published"), AppTypes: &[]string{"mobile", "web"}, BotID: new(""), PrivacyURL: new(""),
	}))
	if diff := cmp.Diff(want, *changed, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(control.Channel{}, "BotName")); diff != "" {
		t.Errorf("changed: -want +got\n%s", diff)
	}
	if l := must[*control.Channels](t)(c.List(ctx, url.Values{"provider": {"10"}})); len(l.Channels) != 4 {
		t.Errorf("%d channels listed, want 4", len(l.Channels))
	}
	if l := must[*control.Channels](t)(c.List(ctx, url.Values{"provider": {"11"}})); len(l.Channels) != 0 {
		t.Errorf("%d channels of another provider listed, want none", len(l.Channels))
	}
}

// TestChannelRefused: each value that cannot be taken is refused, and nothing changes.
func TestChannelRefused(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	c, before := control.NewClient(srv.URL, token).Channels(), w.Channel(issuetest.Web)
	for name, change := range map[string]control.ChannelChange{
		"another provider":        {ProviderID: new("11")},
		"another ID":              {ChannelID: new("1")},
		"empty name":              {Name: new("  ")},
		"control character":       {Name: new("a\x00")},
		"turned writing":          {Name: new("a\u202eb")},
		"long name":               {Name: new(strings.Repeat("x", 101))},
		"unknown status":          {Status: new("open")},
		"no app type":             {AppTypes: &[]string{}},
		"unknown app type":        {AppTypes: &[]string{"desktop"}},
		"http callback elsewhere": {CallbackURLs: &[]string{"http://shop.example/cb"}},
		"wildcard callback":       {CallbackURLs: &[]string{"https://*.example/cb"}},
		"callback with fragment":  {CallbackURLs: &[]string{"https://shop.example/cb#x"}},
		"callback with user":      {CallbackURLs: &[]string{"https://a@shop.example/cb"}},
		"callback without host":   {CallbackURLs: &[]string{"/cb"}},
		"custom scheme":           {CallbackURLs: &[]string{"myapp://cb"}},
		"backslash":               {CallbackURLs: &[]string{`https://shop.example\@evil.example/`}},
		"unknown scope":           {Scopes: &[]string{"email", "everything"}},
		"unknown role":            {Roles: &map[string]string{"taro": "owner"}},
		"role of nobody":          {Roles: &map[string]string{"nobody": "admin"}},
		"unknown algorithm":       {IDTokenAlg: new("none")},
		"privacy page by http":    {PrivacyURL: new("http://shop.example/")},
		"terms by script":         {TermsURL: new("javascript:alert(1)")},
	} {
		_, err := c.Update(t.Context(), issuetest.Web, change)
		status, code := http.StatusBadRequest, "bad_request"
		if name == "role of nobody" {
			status, code = http.StatusNotFound, "not_found"
		}
		refused(t, name, err, status, code)
	}
	if diff := cmp.Diff(before, w.Channel(issuetest.Web)); diff != "" {
		t.Errorf("a refused change changed something: %s", diff)
	}
	_, err := c.Create(t.Context(), control.ChannelChange{ProviderID: new("77"), Name: new("x")})
	refused(t, "unknown provider", err, http.StatusNotFound, "not_found")
	_, err = c.Create(t.Context(), control.ChannelChange{Name: new("x")})
	refused(t, "no provider", err, http.StatusBadRequest, "bad_request")
}

// TestSecretRotation: the old secret works for the grace period, and the one before it no
// longer.
func TestSecretRotation(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	first := issuetest.Secret(issuetest.Web)
	rotate := func(grace time.Duration) string {
		t.Helper()
		s := must[*control.NewSecret](t)(client.RotateSecret(ctx, issuetest.Web, control.SecretRotation{GraceSeconds: int64(grace / time.Second)}))
		if grace > 0 && !s.OldUntil.Equal(w.Now().Add(grace)) || grace == 0 && s.OldUntil != nil {
			t.Errorf("the old secret is good until %v, want %v more", s.OldUntil, grace)
		}
		return s.ChannelSecret
	}
	good := func(what string, want bool, secret string) {
		t.Helper()
		if ok, err := w.Issue.MatchSecret(w.Channel(issuetest.Web), secret); err != nil || ok != want {
			t.Errorf("%s: good %v (%v), want %v", what, ok, err, want)
		}
	}
	second := rotate(time.Hour)
	good("first, in its grace", true, first)
	good("second", true, second)
	w.Advance(time.Hour)
	good("first, after its grace", false, first)
	third := rotate(time.Hour)
	fourth := rotate(time.Minute)
	good("second, pushed out", false, second)
	good("third, in its grace", true, third)
	fifth := rotate(0)
	for what, secret := range map[string]string{"third": third, "fourth, without grace": fourth} {
		good(what, false, secret)
	}
	good("fifth", true, fifth)
	for _, bad := range []int64{-1, 31 * 24 * 3600} {
		_, err := client.RotateSecret(ctx, issuetest.Web, control.SecretRotation{GraceSeconds: bad})
		refused(t, "grace", err, http.StatusBadRequest, "bad_request")
	}
	_, err := client.RotateSecret(ctx, "77", control.SecretRotation{})
	refused(t, "unknown channel", err, http.StatusNotFound, "not_found")
}

func TestLIFFApps(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	c, got := client.LIFFApps(), must[*control.LIFFApp](t)
	made := got(c.Create(ctx, control.LIFFAppChange{ChannelID: new(issuetest.Web), EndpointURL: new("https://app.example/")}))
	want := control.LIFFApp{
		LIFFID: made.LIFFID, ChannelID: issuetest.Web, URL: "https://id.example/" + made.LIFFID, EndpointURL: "https://app.example/", View: "full",
		Scopes: []string{"profile", "chat_message.write"}, BotPrompt: "none", CreatedAt: w.Now(),
	}
	if diff := cmp.Diff(want, *made); diff != "" || !strings.HasPrefix(made.LIFFID, issuetest.Web+"-") || len(made.LIFFID) != 19 {
		t.Errorf("made: -want +got\n%s", diff)
	}
	changed := got(c.Update(ctx, made.LIFFID, control.LIFFAppChange{View: new("tall"), QRCode: new(true), Scopes: &[]string{"openid"}, Description: new("Shop")}))
	want.View, want.QRCode, want.Scopes, want.Description = "tall", true, []string{"openid"}, "Shop"
	if diff := cmp.Diff(want, *changed); diff != "" {
		t.Errorf("changed: -want +got\n%s", diff)
	}
	for name, change := range map[string]control.LIFFAppChange{
		"another channel": {ChannelID: new(issuetest.Mobile)}, "no URL": {EndpointURL: new("")}, "http": {EndpointURL: new("http://app.example/")},
		"view": {View: new("wide")}, "scope": {Scopes: &[]string{"phone"}}, "bot prompt": {BotPrompt: new("loud")},
	} {
		_, err := c.Update(ctx, made.LIFFID, change)
		refused(t, name, err, http.StatusBadRequest, "bad_request")
	}
	for query, n := range map[string]int{"": 3, issuetest.Web: 2, issuetest.Developing: 0} {
		if l := must[*control.LIFFApps](t)(c.List(ctx, url.Values{"channel": {query}})); len(l.LIFFApps) != n {
			t.Errorf("channel %q: %d listed, want %d", query, len(l.LIFFApps), n)
		}
	}
	_, err := c.List(ctx, url.Values{"channel": {"77"}})
	refused(t, "list of an unknown channel", err, http.StatusNotFound, "not_found")
	_, err = c.Create(ctx, control.LIFFAppChange{ChannelID: new("77"), EndpointURL: new("https://app.example/")})
	refused(t, "unknown channel", err, http.StatusNotFound, "not_found")
	if err := c.Delete(ctx, made.LIFFID); err != nil {
		t.Error(err)
	}
	_, err = c.Show(ctx, made.LIFFID)
	refused(t, "after removal", err, http.StatusNotFound, "not_found")
	for range 29 {
		got(c.Create(ctx, control.LIFFAppChange{ChannelID: new(issuetest.Web), EndpointURL: new("https://app.example/")}))
	}
	_, err = c.Create(ctx, control.LIFFAppChange{ChannelID: new(issuetest.Web), EndpointURL: new("https://app.example/")})
	refused(t, "one more than LINE allows", err, http.StatusConflict, "limit")
}

// TestEndpointScheme: only development takes an app that is not served by https.
func TestEndpointScheme(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][2]bool{ // in production, in development
		"https://app.example/": {true, true}, "http://localhost:5173/": {false, true}, "http://127.0.0.1/": {false, true},
		"http://[::1]:3000/": {false, true}, "http://app.example/": {false, false}, "http://localhost.evil.example/": {false, false},
	} {
		for i, local := range []bool{false, true} {
			if err := console.CheckEndpoint(raw, local); (err == nil) != want[i] {
				t.Errorf("%s, in development %v: %v, want taken %v", raw, local, err, want[i])
			}
		}
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	c, got := client.Users(), must[*control.User](t)
	made := got(c.Create(ctx, control.UserChange{Name: new("Ken"), Email: new("Ken@example.com"), Language: new("ja")}))
	want := control.User{ID: made.ID, Name: "Ken", Email: "Ken@example.com", Language: "ja", CreatedAt: w.Now()}
	if diff := cmp.Diff(want, *made); diff != "" {
		t.Errorf("made: -want +got\n%s", diff)
	}
	for _, ref := range []string{made.ID, "ken@example.com"} {
		if u := got(c.Show(ctx, ref)); u.ID != made.ID || len(u.UserIDs) != 0 {
			t.Errorf("%s: %+v", ref, u)
		}
	}
	if _, err := w.Store.UserID(ctx, made.ID, "10", "Uken"); err != nil {
		t.Fatal(err)
	}
	if u := got(c.Update(ctx, made.ID, control.UserChange{Handle: new("ken"), EmailUnshared: new(true)})); u.Handle != "ken" || !u.EmailUnshared || u.UserIDs["10"] != "Uken" {
		t.Errorf("changed: %+v", u)
	}
	for name, change := range map[string]control.UserChange{
		"no name": {Email: new("x@example.com")}, "nothing to log in by": {Name: new("x")}, "empty name": {Name: new(""), Handle: new("x")},
		"no address": {Name: new("x"), Email: new("x@")}, "two addresses": {Name: new("x"), Email: new("x@a@b")},
		"handle": {Name: new("x"), Handle: new("X Y")}, "language": {Name: new("x"), Handle: new("x"), Language: new("日本")},
		"picture": {Name: new("x"), Handle: new("x"), Picture: new("http://x.example/p.png")},
	} {
		_, err := c.Create(ctx, change)
		refused(t, name, err, http.StatusBadRequest, "bad_request")
	}
	_, err := c.Create(ctx, control.UserChange{Name: new("x"), Email: new("KEN@example.com")})
	refused(t, "taken address", err, http.StatusConflict, "exists")
	_, err = c.Update(ctx, "taro", control.UserChange{Handle: new("ken")})
	refused(t, "taken handle", err, http.StatusConflict, "exists")
	_, err = c.Show(ctx, "nobody")
	refused(t, "nobody", err, http.StatusNotFound, "not_found")
	var seen []string
	for after, n := "", 0; n == 0 || after != ""; n++ {
		page := must[*control.Users](t)(c.List(ctx, control.PageOfUsers(after, 2)))
		for _, u := range page.Users {
			seen = append(seen, u.ID)
		}
		after = page.Next
	}
	if want := []string{issuetest.Hanako, issuetest.Jiwoo, issuetest.Taro, issuetest.Mei, made.ID}; !slices.Equal(seen, want) {
		t.Errorf("listed %v, want %v", seen, want)
	}
	for _, query := range []url.Values{{"limit": {"0"}}, {"limit": {"201"}}, {"limit": {"x"}}} {
		_, err = c.List(ctx, query)
		refused(t, query.Encode(), err, http.StatusBadRequest, "bad_request")
	}
	_, err = c.List(ctx, control.PageOfUsers("nobody", 1))
	refused(t, "after nobody", err, http.StatusNotFound, "not_found")
	if err := c.Delete(ctx, "ken"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Store.Person(ctx, made.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after removal: %v", err)
	}
}
