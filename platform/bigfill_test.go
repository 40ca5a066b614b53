package platform_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

const (
	bigChannel  = "2000000001"
	bigSecret   = "0123456789abcdef0123456789abcdef"
	bigCallback = "https://app.example/callback"
	bigPeople   = 1000
	bigSample   = 20_000 // tokens that a benchmark presents
)

// bigSealer is the master key of all processes of a benchmark.
func bigSealer() (platform.Sealer, error) { return platform.NewSealers(make([]byte, 32)) }

// filling is what a benchmark presents to the store that was filled.
type filling struct {
	Tokens  []string // access tokens, spread over all that there are
	Session string   // the cookie of a person who is logged in
}

// rowsAtOnce is how many rows go to the store in one step.
const rowsAtOnce = 5000

// adder takes access tokens as a platform issues them, and carries them to an engine as a
// copy of the store does, which is many times faster than issuing them one by one.
type adder struct {
	store.Store
	copyable store.Copyable // nil: each is added by the verb
	rows     []store.Row
}

func (a *adder) AddAccessToken(ctx context.Context, t store.AccessToken, now time.Time) error {
	if a.copyable == nil {
		return a.Store.AddAccessToken(ctx, t, now)
	}
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return err
	}
	// Each has a family, as those of codes have.
	a.rows = append(a.rows, store.Row{
		t.ID[:], t.Hash[:], t.ChannelID, t.PersonID, t.UserID, string(scopes), int64(t.Origin), t.LIFFID, t.Hash[:16], t.Hash[:16],
		t.IssuedAt.UnixMicro(), t.ExpiresAt.UnixMicro(), int64(0), "",
	})
	if len(a.rows) < rowsAtOnce {
		return nil
	}
	return a.flush(ctx)
}

func (a *adder) flush(ctx context.Context) error {
	if len(a.rows) == 0 {
		return nil
	}
	err := a.copyable.Import(ctx, "access_tokens", a.rows)
	a.rows = a.rows[:0]
	return err
}

// fillBig makes a small world with many live access tokens that were issued over 29 days.
// Every one is a token that the platform takes.
func fillBig(ctx context.Context, st store.Store, tokens int) (filling, error) {
	var f filling
	now := time.Now().UTC()
	at := now
	a := &adder{Store: st}
	a.copyable, _ = st.(store.Copyable)
	sealer, err := bigSealer()
	if err != nil {
		return f, err
	}
	ring, err := keyring.Open(ctx, keyring.Config{Store: st, Sealer: sealer, Now: time.Now})
	if err != nil {
		return f, err
	}
	service, err := issue.New(issue.Config{
		Store: a, Ring: ring, Sealer: sealer, Now: func() time.Time { return at },
		Issuer: func(router.Base) string { return "" }, Picture: func(router.Base, string) string { return "" },
	})
	if err != nil {
		return f, err
	}
	if f.Session, err = bigWorld(ctx, st, service, now); err != nil {
		return f, err
	}
	every := max(1, tokens/bigSample)
	for n := range tokens {
		at = now.Add(-29 * 24 * time.Hour * time.Duration(tokens-n) / time.Duration(tokens))
		person := n % bigPeople
		raw, _, err := service.AddAccessToken(ctx, store.AccessToken{
			ChannelID: bigChannel, PersonID: fmt.Sprintf("person-%d", person), UserID: bigUser(person),
			Scopes: []string{"profile", "openid"}, IssuedAt: at, ExpiresAt: at.Add(issue.AccessLife),
		})
		if err != nil {
			return f, err
		}
		if n%every == 0 && len(f.Tokens) < bigSample {
			f.Tokens = append(f.Tokens, raw)
		}
	}
	return f, a.flush(ctx)
}

func bigUser(n int) string { return fmt.Sprintf("U%032x", n) }

// bigWorld makes a channel, people who have consented to it, and a session of one of them.
func bigWorld(ctx context.Context, st store.Store, service *issue.Service, now time.Time) (string, error) {
	sealed, err := service.SealSecret(bigChannel, bigSecret)
	if err != nil {
		return "", err
	}
	if err := st.CreateProvider(ctx, store.Provider{ID: "10", Name: "Example"}); err != nil {
		return "", err
	}
	if err := st.CreateChannel(ctx, store.Channel{
		ID: bigChannel, ProviderID: "10", Name: "Shop", Web: true, Callbacks: []string{bigCallback}, Status: store.Published,
		Secrets: []store.ChannelSecret{{Sealed: sealed, CreatedAt: now}}, CreatedAt: now,
	}); err != nil {
		return "", err
	}
	for n := range bigPeople {
		id := fmt.Sprintf("person-%d", n)
		if err := st.CreatePerson(ctx, store.Person{ID: id, Handle: id, Email: id + "@example.com", DisplayName: "Hanako", CreatedAt: now}); err != nil {
			return "", err
		}
		if _, err := st.UserID(ctx, id, "10", bigUser(n)); err != nil {
			return "", err
		}
		if err := st.PutGrant(ctx, store.Grant{PersonID: id, ChannelID: bigChannel, Scopes: []string{"profile", "openid"}, ConsentedAt: now}); err != nil {
			return "", err
		}
	}
	cookie, hash := login.SecretFrom(entropy.Source{})
	return cookie, st.CreateSession(ctx, store.Session{
		Hash: hash, PersonID: "person-0", AuthTime: now, ExpiresAt: now.Add(24 * time.Hour),
	})
}
