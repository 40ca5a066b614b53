package store

import "time"

// Hash is the SHA-256 of a secret.
type Hash [32]byte

// ID is the time-ordered identifier inside an opaque token or code: rows keyed by
// it lie in the order in which they were issued.
type ID [16]byte

// Authentication is who logged in, how and when.
type Authentication struct {
	PersonID string
	AMR      []string  // pwd, linesso, …
	Time     time.Time // of the last real authentication
}

// Session is an SSO session of one browser.
type Session struct {
	Hash      Hash // of the cookie
	PersonID  string
	AuthTime  time.Time
	ExpiresAt time.Time
}

// Request is an authorization request that has been found valid.
type Request struct {
	ChannelID    string
	LIFFID       string // set for LIFF login
	Native       bool   // came through the entry of LINE's native SDKs
	RedirectURI  string
	ResponseMode string // query, form_post, query.jwt or form_post.jwt
	Scopes       []string
	State        string
	Nonce        string
	Challenge    string // PKCE S256; empty: none
	Prompt       string // "", none, consent or login
	HasMaxAge    bool
	MaxAge       time.Duration
	UILocales    string
	BotPrompt    string // "", normal or aggressive
	// InitialAMR, KeepAMR and DisableAutoLogin are LINE's hints on login methods.
	InitialAMR       string
	KeepAMR          bool // switch_amr=false
	DisableAutoLogin bool
	// OptionalRedirectURI is the iOS SDK's Universal Link, repeated at the token call.
	OptionalRedirectURI string
}

// Transaction is one visit to the login pages.
type Transaction struct {
	Hash      Hash // of its secret, which the pages carry
	Browser   Hash // of the cookie of the browser that began it
	Request   Request
	Who       Authentication // zero until somebody has logged in
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Grant is a person's consent to a channel.
type Grant struct {
	PersonID  string
	ChannelID string
	Scopes    []string
	// ConsentedAt is the time of the last consent; EmailConsentedAt that of the last
	// one that showed the e-mail address, and Email is the address shown then.
	ConsentedAt      time.Time
	EmailConsentedAt time.Time
	Email            string
}
