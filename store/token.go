package store

import "time"

// Code is an authorization code.
type Code struct {
	ID        ID
	Hash      Hash // of the secret part
	Request   Request
	Who       Authentication
	UserID    string
	Scopes    []string // granted
	ExpiresAt time.Time
}

// Origin says by which flow an access token was issued.
type Origin uint8

// Web is the ordinary web flow.
const (
	Web Origin = iota
	Native
	LIFF
)

// AccessToken is a user's access token.
type AccessToken struct {
	ID        ID
	Hash      Hash
	ChannelID string
	PersonID  string
	UserID    string
	Scopes    []string
	Origin    Origin
	LIFFID    string // set for LIFF
	RefreshID ID     // the refresh token it was issued with or from; zero: none
	IssuedAt  time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
	Cause     string // why it was revoked: revoke, deauthorize, close, …
}

// RefreshToken is a user's refresh token. By LINE's rule it does not rotate and its
// expiry does not move; where another rule holds, RotateRefresh replaces it.
type RefreshToken struct {
	ID        ID
	Hash      Hash
	ChannelID string
	PersonID  string
	UserID    string
	Scopes    []string
	Origin    Origin
	IssuedAt  time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
	Cause     string
	UsedAt    time.Time // when RotateRefresh replaced it; zero: it is the last of its line
}

// ChannelTokenKind is a kind of channel access token.
type ChannelTokenKind uint8

// The kinds of channel access token that an API issues. A stateless one cannot be
// revoked; it is recorded all the same.
const (
	ChannelTokenV21 ChannelTokenKind = iota + 1
	ChannelTokenStateless
	ChannelTokenShortLived
)

// String returns LINE's name of the kind.
func (k ChannelTokenKind) String() string {
	switch k {
	case ChannelTokenV21:
		return "channel access token v2.1"
	case ChannelTokenStateless:
		return "stateless"
	case ChannelTokenShortLived:
		return "short-lived"
	}
	return "unknown"
}

// ChannelToken is a channel access token.
type ChannelToken struct {
	ID        ID
	Hash      Hash
	ChannelID string
	Kind      ChannelTokenKind
	KeyID     string // of v2.1
	IssuedAt  time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
}

// KeyUse says what a key of the ring is for.
type KeyUse string

// SignIDToken keys are published in the JWK Set; the others never are.
const (
	SignIDToken KeyUse = "id_token"
	SignContext KeyUse = "context"
	MACToken    KeyUse = "token_mac"
)

// Key is one key of the ring, sealed.
type Key struct {
	ID        string // kid, or the version letter of a MAC key
	Use       KeyUse
	Sealed    []byte
	CreatedAt time.Time
	// ActiveAt is when the key begins to sign; before that it is published only.
	ActiveAt time.Time
	// RetiredAt is when it stops signing; zero: not decided. It verifies until
	// ExpiresAt.
	RetiredAt time.Time
	ExpiresAt time.Time // zero: not decided
}

// KeyRing is all keys at one version.
type KeyRing struct {
	Version int64
	Keys    []Key
}

// Event is something that happened, told so that a person can act on it. It holds
// no token, code or secret.
type Event struct {
	Seq       int64 // given by the store
	Time      time.Time
	RequestID string
	Kind      string // refused, login, consent, token, revoke, …
	Route     string // method and path pattern
	Status    int    // HTTP status of the answer; 0: not an answer
	ChannelID string
	PersonID  string
	Code      string // error code on the wire
	Message   string // error description on the wire
	Check     string // which check failed, or what was done
	Given     string
	Expected  string
	Fix       string // what to do about it
}
