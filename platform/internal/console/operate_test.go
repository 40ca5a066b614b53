package console_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/console"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/store"
)

// loggedIn gives a person a consent to a channel and an access token of it.
func loggedIn(t *testing.T, w *issuetest.World, n byte, person, channel string) store.ID {
	t.Helper()
	ctx, id := t.Context(), store.ID{n}
	w.Must(w.Store.PutGrant(ctx, store.Grant{PersonID: person, ChannelID: channel, ConsentedAt: w.Now()}))
	w.Must(w.Store.AddAccessToken(ctx, store.AccessToken{ID: id, PersonID: person, ChannelID: channel, ExpiresAt: w.Now().Add(time.Hour)}, w.Now()))
	return id
}

func revoked(t *testing.T, w *issuetest.World, id store.ID) bool {
	t.Helper()
	at, err := w.Store.AccessToken(t.Context(), id)
	w.Must(err)
	return !at.RevokedAt.IsZero()
}

// TestRemovalRevokes: what was issued at a removed channel, or to a removed person, is
// revoked, and nothing else is.
func TestRemovalRevokes(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	atWeb, atMobile := loggedIn(t, w, 1, issuetest.Hanako, issuetest.Web), loggedIn(t, w, 2, issuetest.Hanako, issuetest.Mobile)
	his := loggedIn(t, w, 3, issuetest.Taro, issuetest.Mobile)
	w.Must(client.Channels().Delete(ctx, issuetest.Web))
	if !revoked(t, w, atWeb) || revoked(t, w, atMobile) || revoked(t, w, his) {
		t.Error("after the removal of a channel: the wrong tokens are revoked")
	}
	_, err := client.LIFFApps().Show(ctx, issuetest.WebApp)
	refused(t, "its LIFF app", err, http.StatusNotFound, "not_found")
	secret, hash := login.Secret()
	w.Must(w.Store.CreateSession(ctx, store.Session{Hash: hash, PersonID: issuetest.Hanako, ExpiresAt: w.Now().Add(time.Hour)}))
	w.Must(client.Users().Delete(ctx, "hanako"))
	if !revoked(t, w, atMobile) || revoked(t, w, his) || secret == "" {
		t.Error("after the removal of a user: the wrong tokens are revoked")
	}
	if _, err := w.Store.Session(ctx, hash, w.Now()); err == nil {
		t.Error("the session of a removed user lives on")
	}
	refused(t, "again", client.Channels().Delete(ctx, issuetest.Web), http.StatusNotFound, "not_found")
	refused(t, "again", client.Users().Delete(ctx, "hanako"), http.StatusNotFound, "not_found")
}

// TestLargeRemoval: a channel that many have consented to goes in bounded steps, which the
// client takes by itself.
func TestLargeRemoval(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client := control.NewClient(srv.URL, token)
	for n := range 450 {
		person := strings.Repeat("x", n+1)
		w.Must(w.Store.CreatePerson(t.Context(), store.Person{ID: person}))
		w.Must(w.Store.PutGrant(t.Context(), store.Grant{PersonID: person, ChannelID: issuetest.Web}))
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, srv.URL+control.PathChannels+"/"+issuetest.Web, nil)
	w.Must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	w.Must(err)
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	w.Must(err)
	w.Must(resp.Body.Close())
	if got := body.String(); got != `{"done":false,"withdrawn":200}` {
		t.Errorf("the first step answers %s, want 200 consents taken back", got)
	}
	if c := w.Channel(issuetest.Web); c.Status != store.Developing || len(c.Callbacks) > 0 {
		t.Error("a channel that is being removed still takes logins")
	}
	w.Must(client.Channels().Delete(t.Context(), issuetest.Web))
}

// TestFirstToken: it is made once, is good for one thing, once, and for a day.
func TestFirstToken(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	ctx := t.Context()
	first := func(again bool) string {
		t.Helper()
		tok, until, err := console.FirstToken(ctx, w.Store, w.Now(), again)
		w.Must(err)
		if tok != "" && !until.Equal(w.Now().Add(24*time.Hour)) {
			t.Errorf("good until %v, want a day", until)
		}
		return tok
	}
	lost := first(false)
	if lost == "" || first(false) != "" {
		t.Fatal("the first token is not made once")
	}
	once := first(true)
	_, err := control.NewClient(srv.URL, lost).Tokens().Create(ctx, control.AdminTokenRequest{Name: "x"})
	refused(t, "one that another took the place of", err, http.StatusUnauthorized, "token")
	setup := control.NewClient(srv.URL, once)
	_, err = setup.Channels().List(ctx, nil)
	refused(t, "for something else", err, http.StatusForbidden, "once")
	_, err = setup.Tokens().Create(ctx, control.AdminTokenRequest{})
	refused(t, "without a name", err, http.StatusBadRequest, "bad_request")
	var made sync.Map
	var work sync.WaitGroup
	for n := range 8 {
		work.Go(func() {
			if tok, err := setup.Tokens().Create(ctx, control.AdminTokenRequest{Name: "laptop", LifeSeconds: 3600}); err == nil {
				made.Store(n, tok.Token)
			}
		})
	}
	work.Wait()
	var tokens []string
	made.Range(func(_, v any) bool { tokens = append(tokens, v.(string)); return true })
	if len(tokens) != 1 {
		t.Fatalf("%d tokens were made with a token for one use, want 1", len(tokens))
	}
	admin := control.NewClient(srv.URL, tokens[0])
	if _, err := admin.Channels().List(ctx, nil); err != nil {
		t.Errorf("the token that was made: %v", err)
	}
	if first(false) != "" {
		t.Error("a first token is made although there is an admin token")
	}
	w.Advance(time.Hour)
	_, err = admin.Channels().List(ctx, nil)
	refused(t, "after its time", err, http.StatusUnauthorized, "token")
	if first(false) == "" {
		t.Error("no first token is made although no admin token is left")
	}
}

func TestAdminTokens(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	c, ctx := control.NewClient(srv.URL, token).Tokens(), t.Context()
	made := must[*control.AdminToken](t)(c.Create(ctx, control.AdminTokenRequest{Name: "ci", LifeSeconds: 60}))
	for _, life := range []int64{-1, 59, 11 * 365 * 24 * 3600} {
		_, err := c.Create(ctx, control.AdminTokenRequest{Name: "x", LifeSeconds: life})
		refused(t, "lifetime", err, http.StatusBadRequest, "bad_request")
	}
	w.Advance(time.Minute)
	l := must[*control.AdminTokens](t)(c.List(ctx, nil))
	if len(l.Tokens) != 1 || l.Tokens[0].Name != "ci" || l.Tokens[0].Token != "" || !l.Tokens[0].Expired {
		t.Errorf("listed %+v, want one that has expired, without the token", l.Tokens)
	}
	all, err := w.Store.AdminTokens(ctx)
	w.Must(err)
	if strings.Contains(made.Token, string(all[0].Hash[:])) || !strings.HasPrefix(made.Token, "tgadm_") {
		t.Error("the store has more than the hash")
	}
	w.Must(c.Delete(ctx, made.ID))
	refused(t, "again", c.Delete(ctx, made.ID), http.StatusNotFound, "not_found")
}

func TestLinksAndSessions(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	l := must[*control.PasswordLink](t)(client.PasswordLink(ctx, "hanako", control.LinkRequest{}))
	secret, ok := strings.CutPrefix(l.URL, "https://id.example"+control.PathPassword)
	hash, form := login.HashSecret(secret)
	if !ok || !form || !l.ExpiresAt.Equal(w.Now().Add(24*time.Hour)) || l.UserID != issuetest.Hanako {
		t.Errorf("link %+v", l)
	}
	if rec, err := w.Store.PasswordLink(ctx, hash, w.Now()); err != nil || rec.PersonID != issuetest.Hanako {
		t.Errorf("stored: %+v, %v", rec, err)
	}
	for _, life := range []int64{-1, 59, 31 * 24 * 3600} {
		_, err := client.PasswordLink(ctx, "hanako", control.LinkRequest{LifeSeconds: life})
		refused(t, "lifetime", err, http.StatusBadRequest, "bad_request")
	}
	_, err := client.PasswordLink(ctx, "nobody", control.LinkRequest{})
	refused(t, "nobody", err, http.StatusNotFound, "not_found")
	w.Must(w.Store.CreateSession(ctx, store.Session{Hash: hash, PersonID: issuetest.Hanako, ExpiresAt: w.Now().Add(time.Hour)}))
	w.Must(client.EndSessions(ctx, "hanako"))
	if _, err := w.Store.Session(ctx, hash, w.Now()); err == nil {
		t.Error("the session has not ended")
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	client, ctx := control.NewClient(srv.URL, token), t.Context()
	count := func(k *control.Keys) map[string]int {
		out := map[string]int{}
		for _, key := range k.Keys {
			out[key.Use+" "+key.State]++
		}
		return out
	}
	got := must[*control.Keys](t)
	for step, call := range []func(context.Context) (*control.Keys, error){client.Keys, client.RotateKeys, client.RotateMACKey} {
		w.Advance(time.Second)
		want := []map[string]int{
			{"id_token current": 1, "id_token next": 1, "context current": 1, "token_mac current": 1},
			{"id_token current": 1, "id_token next": 1, "id_token retired": 1, "context current": 1, "token_mac current": 1},
			{"id_token current": 1, "id_token next": 1, "id_token retired": 1, "context current": 1, "token_mac current": 1, "token_mac retired": 1},
		}[step]
		k := got(call(ctx))
		if have := count(k); len(have) != len(want) || k.Version != int64(step+1) {
			t.Errorf("step %d: version %d, %v; want %v", step, k.Version, have, want)
		}
	}
}

// TestRewrap: everything sealed comes under the first master key, and stays what it was.
func TestRewrap(t *testing.T) {
	t.Parallel()
	_, w := start(t)
	older, err := keyring.NewSealer("test", make([]byte, 32))
	w.Must(err)
	newer, err := keyring.NewSealer("newer", bytes.Repeat([]byte{1}, 32))
	w.Must(err)
	both, err := keyring.NewSealers(newer, older)
	w.Must(err)
	again := w.Resealed(both)
	srv := serve(t, again, both)
	client := control.NewClient(srv.URL, token)
	for _, want := range []control.Rewrapped{{MasterKey: "newer", Keys: 4, Channels: 3}, {MasterKey: "newer", Current: 7}} {
		if got := must[*control.Rewrapped](t)(client.Rewrap(t.Context())); *got != want {
			t.Errorf("rewrapped %+v, want %+v", *got, want)
		}
	}
	alone := w.Resealed(newer)
	if ok, err := alone.Issue.MatchSecret(alone.Channel(issuetest.Web), issuetest.Secret(issuetest.Web)); !ok || err != nil {
		t.Errorf("a channel secret under the new key alone: %v, %v", ok, err)
	}
}
