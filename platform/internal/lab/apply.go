package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/store"
)

// Target is where a seed goes.
type Target struct {
	Store        store.Store
	Now          func() time.Time
	SealSecret   func(channelID, secret string) ([]byte, error)
	HashPassword func(password string) string
	// DemoOrigin is the origin at which the demo app is served, such as
	// http://localhost:4801. Empty: the seed's demo apps are left out.
	DemoOrigin string
}

// maxApps is more LIFF apps than LINE's 30 a channel may have through its API; a
// seed is not held to that.
const maxApps = 1000

// Apply writes the seed into an empty store. Identifiers that the seed does not give
// follow from what it gives, so that the same seed makes the same world.
func (s *Seed) Apply(ctx context.Context, t Target) error {
	for _, p := range s.Providers {
		if err := t.Store.CreateProvider(ctx, store.Provider{ID: p.ID, Name: p.Name}); err != nil {
			return fmt.Errorf("provider %s: %w", p.ID, err)
		}
	}
	for _, c := range s.Channels {
		if err := c.apply(ctx, t); err != nil {
			return fmt.Errorf("channel %s: %w", c.ID, err)
		}
	}
	for _, a := range s.LIFFApps {
		if err := a.apply(ctx, t); err != nil {
			return fmt.Errorf("LIFF app %s: %w", a.ID, err)
		}
	}
	for _, u := range s.Users {
		if err := u.apply(ctx, t, s.Providers); err != nil {
			return fmt.Errorf("user %s: %w", u.Handle, err)
		}
	}
	return nil
}

// PersonID returns the ID of a seed's user in the store.
func PersonID(handle string) string { return "p-" + handle }

// UserID returns the user ID of a seed's user under a provider: U and 32
// hexadecimal digits that follow from both.
func UserID(providerID, handle string) string {
	sum := sha256.Sum256([]byte("tegata seed user\x00" + providerID + "\x00" + handle))
	return "U" + hex.EncodeToString(sum[:16])
}

func (c *Channel) apply(ctx context.Context, t Target) error {
	sealed, err := t.SealSecret(c.ID, c.Secret)
	if err != nil {
		return fmt.Errorf("seal secret: %w", err)
	}
	now := t.Now().UTC()
	rec := store.Channel{
		ID: c.ID, ProviderID: c.Provider, Name: c.Name, Description: c.Description,
		Secrets:   []store.ChannelSecret{{Sealed: sealed, CreatedAt: now}},
		Web:       len(c.AppTypes) == 0 || slices.Contains(c.AppTypes, "web"),
		Mobile:    slices.Contains(c.AppTypes, "mobile"),
		Callbacks: c.Callbacks, NativeApps: c.NativeApps, Scopes: c.Scopes,
		IDTokenAlg: c.IDTokenAlg, PrivacyURL: c.PrivacyURL, TermsURL: c.TermsURL, CreatedAt: now,
	}
	for _, k := range c.AssertionKeys {
		rec.AssertionKeys = append(rec.AssertionKeys, store.AssertionKey{KeyID: k.ID, JWK: []byte(k.JWK)})
	}
	if c.Status == "published" {
		rec.Status = store.Published
	}
	if c.Bot != nil {
		rec.Bot = &store.Bot{ID: c.Bot.ID, Name: c.Bot.Name}
	}
	if len(c.Roles) > 0 {
		rec.Roles = map[string]store.Role{}
		for handle, role := range c.Roles {
			rec.Roles[PersonID(handle)] = store.Role(role)
		}
	}
	return t.Store.CreateChannel(ctx, rec)
}

func (a *LIFFApp) apply(ctx context.Context, t Target) error {
	if a.Demo != "" && t.DemoOrigin == "" {
		return nil
	}
	channel, _, _ := strings.Cut(a.ID, "-")
	scopes := a.Scopes
	if len(scopes) == 0 {
		scopes = []string{"profile", "chat_message.write"} // LINE's default
	}
	return t.Store.CreateLIFFApp(ctx, store.LIFFApp{
		ID: a.ID, ChannelID: channel, Description: a.Description, ViewType: orElse(a.View, "full"),
		EndpointURL: a.endpoint(t), ModuleMode: a.ModuleMode, QRCode: a.QRCode, Scopes: scopes,
		BotPrompt: orElse(a.BotPrompt, "none"), PermanentLinkPattern: "concat", CreatedAt: t.Now().UTC(),
	}, maxApps)
}

// endpoint returns the endpoint URL.
func (a *LIFFApp) endpoint(t Target) string {
	if a.Demo != "" {
		return t.DemoOrigin + a.Demo
	}
	return a.EndpointURL
}

func (u *User) apply(ctx context.Context, t Target, providers []Provider) error {
	hash := u.PasswordHash
	if hash == "" && u.Password != "" {
		hash = t.HashPassword(u.Password)
	}
	rec := store.Person{
		ID: PersonID(u.Handle), Handle: u.Handle, Email: u.Email, EmailUnshared: u.EmailUnshared, PasswordHash: hash,
		DisplayName: u.Name, Picture: u.Picture, StatusMessage: u.StatusMessage, Language: u.Language,
		Note: u.Note, CreatedAt: t.Now().UTC(),
	}
	if p := u.ProfilePlus; p != nil {
		rec.ProfilePlus = p.record()
	}
	if err := t.Store.CreatePerson(ctx, rec); err != nil {
		return err
	}
	for _, p := range providers {
		if _, err := t.Store.UserID(ctx, rec.ID, p.ID, UserID(p.ID, u.Handle)); err != nil {
			return fmt.Errorf("user ID under provider %s: %w", p.ID, err)
		}
	}
	for bots, state := range map[*[]string]store.Friendship{&u.Friends: store.Friend, &u.Blocked: store.Blocked} {
		for _, bot := range *bots {
			if _, err := t.Store.SetFriendship(ctx, rec.ID, bot, state); err != nil {
				return fmt.Errorf("friendship with %s: %w", bot, err)
			}
		}
	}
	return nil
}

func (p *ProfilePlus) record() store.ProfilePlus {
	out := store.ProfilePlus{
		GivenName: p.GivenName, GivenNamePronunciation: p.GivenNamePronunciation, MiddleName: p.MiddleName,
		FamilyName: p.FamilyName, FamilyNamePronunciation: p.FamilyNamePronunciation,
		Gender: p.Gender, Birthdate: p.Birthdate, PhoneNumber: p.PhoneNumber,
	}
	if p.Address != nil {
		a := store.Address(*p.Address)
		out.Address = &a
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
