package store

import "time"

// Provider is the company or person that owns channels, in LINE's sense. User IDs
// are per provider.
type Provider struct {
	ID   string
	Name string
}

// ChannelStatus says who may log in to a channel.
type ChannelStatus uint8

// A channel starts as Developing: only its admins and testers may log in.
const (
	Developing ChannelStatus = iota
	Published
)

// Role is what a person may do with a channel that is being developed.
type Role string

// The roles of LINE Developers Console. A member cannot log in to a channel whose
// status is Developing.
const (
	RoleAdmin  Role = "admin"
	RoleTester Role = "tester"
	RoleMember Role = "member"
)

// Channel is a LINE Login channel.
type Channel struct {
	ID          string // decimal; client_id and aud on the wire
	ProviderID  string
	Name        string
	Description string
	Secrets     []ChannelSecret // the newest first; older ones until they expire
	Web         bool            // App types: Web app
	Mobile      bool            // App types: Mobile app; then no secret is asked at refresh and revoke
	NativeApps  []string        // bundle IDs and package names that may come back to their app
	Callbacks   []string        // registered callback URLs
	Status      ChannelStatus
	Roles       map[string]Role // by person ID
	Scopes      []string        // permissions beyond openid and profile: email and LINE Profile+
	Bot         *Bot            // the linked LINE Official Account, or nil
	IDTokenAlg  string          // "" by LINE's rule, "ES256" or "HS256"
	// RequireSecondFactor is the channel's two-factor setting. It is stored; no
	// login method asks for a second factor yet.
	RequireSecondFactor bool
	AssertionKeys       []AssertionKey
	PrivacyURL          string // shown at consent; empty: not shown
	TermsURL            string
	CreatedAt           time.Time
	Version             int64 // counted by the store
}

// Admits says whether a person may log in: everybody to a published channel, admins
// and testers to one that is being developed.
func (c Channel) Admits(personID string) bool {
	role := c.Roles[personID]
	return c.Status == Published || role == RoleAdmin || role == RoleTester
}

// ChannelSecret is one of a channel's secrets, sealed.
type ChannelSecret struct {
	Sealed    []byte
	CreatedAt time.Time
	ExpiresAt time.Time // zero: does not expire
}

// Bot is a LINE Official Account.
type Bot struct {
	ID   string // basic ID, such as @example
	Name string
}

// AssertionKey is a public key with which a channel signs its client assertions.
type AssertionKey struct {
	KeyID string
	JWK   []byte // RSA public key
}

// LIFFApp is one LIFF app of a channel.
type LIFFApp struct {
	ID          string // channel ID, "-", eight alphanumerics
	ChannelID   string
	Description string
	ViewType    string // compact, tall or full
	EndpointURL string
	// ServedOrigins are further origins at which development serves the app in place
	// of the endpoint URL's own.
	ServedOrigins        []string
	ModuleMode           bool
	QRCode               bool
	Scopes               []string
	BotPrompt            string // normal, aggressive or none
	PermanentLinkPattern string // concat
	CreatedAt            time.Time
	Version              int64 // counted by the store
}
