package issuetest

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// What the world holds.
const (
	Web        = "2000000001" // published, for web apps alone, with a bot and every permission
	Mobile     = "2000000002" // published, for web and native apps, without a bot
	Developing = "2000000003" // taro is a tester, mei a member
	WebApp     = Web + "-demo0001"
	MobileApp  = Mobile + "-demo0002"
	Bot        = "@teahouse"

	Hanako = "p-hanako" // has everything
	Jiwoo  = "p-jiwoo"  // has a name alone
	Taro   = "p-taro"
	Mei    = "p-mei"

	Callback = "https://app.example/callback"
	// Verifier and Challenge are those of RFC 7636 Appendix B.
	Verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	// BaseURL is where the world is reached.
	BaseURL = "http://localhost:4800"
)

// Secret returns the channel secret of a channel.
func Secret(channelID string) string { return "0123456789abcdef012345" + channelID }

// UserID returns the user ID of a person; all channels are of one provider.
func UserID(personID string) string {
	const hex = "0123456789abcdef0123456789abcdef"
	return "U" + hex[len(personID):] + hex[:len(personID)]
}

// World is a platform without endpoints. It may be used from many goroutines once
// everything is mounted.
type World struct {
	T      testing.TB
	Store  *memory.Store
	Ring   *keyring.Ring
	Issue  *issue.Service
	Router *router.Router
	offset *atomic.Int64 // of the clock, in nanoseconds
}

// New makes a world.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{T: t, Store: memory.New(memory.Config{}), offset: new(atomic.Int64)}
	sealer, err := keyring.NewSealer("test", make([]byte, 32))
	w.Must(err)
	w.Ring, err = keyring.Open(t.Context(), keyring.Config{Store: w.Store, Sealer: sealer, Now: w.Now})
	w.Must(err)
	w.Issue, err = issue.New(issue.Config{Store: w.Store, Ring: w.Ring, Sealer: sealer, Now: w.Now, Issuer: Issuer, Picture: Picture})
	w.Must(err)
	w.route()
	w.fill()
	return w
}

// Resealed returns the same world, opened with another sealer, behind a router of its
// own without routes.
func (w *World) Resealed(sealer keyring.Sealer) *World {
	w.T.Helper()
	out := w.Again()
	var err error
	out.Ring, err = keyring.Open(w.T.Context(), keyring.Config{Store: w.Store, Sealer: sealer, Now: w.Now})
	w.Must(err)
	out.Issue, err = issue.New(issue.Config{Store: w.Store, Ring: out.Ring, Sealer: sealer, Now: w.Now, Issuer: Issuer, Picture: Picture})
	w.Must(err)
	return out
}

// Again returns the same world behind a router of its own, without routes.
func (w *World) Again() *World {
	w.T.Helper()
	out := *w
	out.route()
	return &out
}

func (w *World) route() {
	w.T.Helper()
	var err error
	w.Router, err = router.New(router.Config{
		Base: BaseURL, Now: w.Now, Log: slog.New(slog.DiscardHandler), Events: w.Store,
		ErrorPage: func(w http.ResponseWriter, _ *http.Request, e *oauth2.Error) error {
			oauth2.Write(w, e)
			return nil
		},
	})
	w.Must(err)
}

// Issuer is the issuer of the world: LINE's, whatever the base.
func Issuer(router.Base) string { return wire.Issuer }

// Picture returns the URL of a picture.
func Picture(base router.Base, name string) string {
	if name == "" {
		return ""
	}
	return base.API + "/picture/" + name
}

// Now is the clock of the world.
func (w *World) Now() time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(w.offset.Load()))
}

// Advance moves the clock.
func (w *World) Advance(d time.Duration) { w.offset.Add(int64(d)) }

// Must ends the test if err is not nil.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Mount mounts endpoints.
func (w *World) Mount(rooms ...interface{ Mount(router.Mux) }) *World {
	for _, room := range rooms {
		room.Mount(w.Router)
	}
	return w
}

// Channel returns a channel.
func (w *World) Channel(id string) store.Channel {
	w.T.Helper()
	c, err := w.Store.Channel(w.T.Context(), id)
	w.Must(err)
	return c
}

// ChangeChannel changes a channel.
func (w *World) ChangeChannel(id string, change func(c *store.Channel)) {
	w.T.Helper()
	c := w.Channel(id)
	change(&c)
	w.Must(w.Store.UpdateChannel(w.T.Context(), c))
}

func (w *World) fill() {
	ctx := w.T.Context()
	w.Must(w.Store.CreateProvider(ctx, store.Provider{ID: "10", Name: "Demo Company"}))
	for _, c := range []store.Channel{
		{
			ID: Web, Web: true, Status: store.Published, Bot: &store.Bot{ID: Bot, Name: "Tea House"},
			Scopes: []string{"email", "real_name", "gender", "birthdate", "phone", "address"},
		},
		{ID: Mobile, Web: true, Mobile: true, Status: store.Published},
		{ID: Developing, Web: true, Roles: map[string]store.Role{Taro: store.RoleTester, Mei: store.RoleMember}},
	} {
		sealed, err := w.Issue.SealSecret(c.ID, Secret(c.ID))
		w.Must(err)
		c.ProviderID, c.Callbacks = "10", []string{Callback}
		c.Secrets = []store.ChannelSecret{{Sealed: sealed, CreatedAt: w.Now()}}
		w.Must(w.Store.CreateChannel(ctx, c))
	}
	for _, id := range []string{WebApp, MobileApp} {
		w.Must(w.Store.CreateLIFFApp(ctx, store.LIFFApp{
			ID: id, ChannelID: id[:len(Web)], ViewType: "full", EndpointURL: "https://liff.example/", Scopes: []string{"openid", "profile"},
			BotPrompt: "none", PermanentLinkPattern: "concat",
		}, 0))
	}
	for _, p := range []store.Person{hanako(), {ID: Jiwoo, DisplayName: "김지우"}, {ID: Taro, DisplayName: "Taro"}, {ID: Mei, DisplayName: "Mei"}} {
		p.Handle = p.ID[2:]
		w.Must(w.Store.CreatePerson(ctx, p))
	}
}

func hanako() store.Person {
	return store.Person{
		ID: Hanako, DisplayName: `鈴木 "花子"`, Picture: "hanako", StatusMessage: "お茶が<好き>です", Email: "hanako@example.com",
		ProfilePlus: store.ProfilePlus{
			GivenName: "花子", GivenNamePronunciation: "ハナコ", MiddleName: "M", FamilyName: "鈴木", FamilyNamePronunciation: "スズキ",
			Gender: "female", Birthdate: "1990-04-01", PhoneNumber: "+818012345678",
			Address: &store.Address{PostalCode: "1600004", Region: "東京都", Locality: "新宿区", StreetAddress: "四谷1-6-1\n101", Country: "JP"},
		},
	}
}
