package liffapp_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/liffapp"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// What the world of these tests knows.
const (
	channelID = "2000000001"
	otherID   = "2000000002"
	appID     = "2000000001-demo0001"
	endpoint  = "https://liff.example/app/"
	served    = "http://localhost:4801"
	base      = "http://localhost:4800"
	userID    = "U0123456789abcdef0123456789abcdef"
)

// clock is the time of the tests.
var clock = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// world is a platform with the LIFF endpoints alone.
type world struct {
	http.Handler
	t     testing.TB
	store store.Store
	issue *issue.Service
	ring  *keyring.Ring
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, store: memory.New(memory.Config{})}
	now := func() time.Time { return clock }
	sealer, err := keyring.NewSealer("test", make([]byte, 32))
	w.must(err)
	w.ring, err = keyring.Open(t.Context(), keyring.Config{Store: w.store, Sealer: sealer, Now: now})
	w.must(err)
	w.issue, err = issue.New(issue.Config{
		Store: w.store, Ring: w.ring, Sealer: sealer, Now: now,
		Issuer: func(router.Base) string { return "https://access.line.me" }, Picture: func(router.Base, string) string { return "" },
	})
	w.must(err)
	pages, err := page.New(page.Config{Dev: true})
	w.must(err)
	rt, err := router.New(router.Config{
		Base: base, Now: now, Log: slog.New(slog.DiscardHandler), Events: w.store,
		ErrorPage: func(rw http.ResponseWriter, r *http.Request, e *oauth2.Error) error {
			return pages.Error(rw, r, page.Visit{}, page.Error{Status: e.HTTPStatus(), Message: e.Description})
		},
	})
	w.must(err)
	(&liffapp.Endpoints{Store: w.store, Issue: w.issue, Pages: pages, Now: now}).Mount(rt)
	rt.Handle(router.Route{Pattern: "POST /oauth2/v2.1/token", Handler: func(http.ResponseWriter, *http.Request) error { return nil }})
	w.Handler = rt
	w.fill()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fill() {
	ctx := w.t.Context()
	w.must(w.store.CreateProvider(ctx, store.Provider{ID: "10"}))
	for _, id := range []string{channelID, otherID} {
		sealed, err := w.issue.SealSecret(id, strings.Repeat("s", 32))
		w.must(err)
		w.must(w.store.CreateChannel(ctx, store.Channel{ID: id, ProviderID: "10", Web: true, Secrets: []store.ChannelSecret{{Sealed: sealed, CreatedAt: clock}}}))
	}
	w.must(w.store.CreatePerson(ctx, store.Person{ID: "p-hanako", Handle: "hanako"}))
	w.app(store.LIFFApp{ID: appID, EndpointURL: endpoint, ServedOrigins: []string{served}, Scopes: []string{"openid", "profile"}})
}

// app adds a LIFF app, of the channel of its ID.
func (w *world) app(a store.LIFFApp) {
	w.t.Helper()
	a.ChannelID, _, _ = strings.Cut(a.ID, "-")
	a.ViewType, a.BotPrompt, a.PermanentLinkPattern = "full", "none", "concat"
	w.must(w.store.CreateLIFFApp(w.t.Context(), a, 0))
}

// channelToken returns a channel access token.
func (w *world) channelToken(channel string, kind store.ChannelTokenKind) string {
	w.t.Helper()
	raw, err := w.issue.NewChannelToken(w.t.Context(), channel, kind, "", time.Hour)
	w.must(err)
	return raw
}

// userToken returns hanako's access token for a channel.
func (w *world) userToken(channel string) string {
	w.t.Helper()
	ctx := w.t.Context()
	w.must(w.store.PutGrant(ctx, store.Grant{PersonID: "p-hanako", ChannelID: channel, Scopes: []string{"profile"}, ConsentedAt: clock}))
	_, code, err := w.issue.NewCode(store.Request{ChannelID: channel, LIFFID: channel + "-demo0001"},
		store.Authentication{PersonID: "p-hanako", Time: clock}, userID, []string{"profile"})
	w.must(err)
	w.must(w.store.CreateCode(ctx, code))
	c, err := w.store.Channel(ctx, channel)
	w.must(err)
	out, err := w.issue.Redeem(ctx, issue.Redemption{Code: code, Channel: c})
	w.must(err)
	return out.AccessToken
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request; headers are names and values by turns.
func (w *world) ask(method, target, body string, headers ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, base+target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	data, err := io.ReadAll(rec.Result().Body)
	w.must(err)
	return answer{rec.Code, rec.Result().Header, string(data)}
}
