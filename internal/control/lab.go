package control

import (
	"fmt"
	"time"
)

// Paths of the lab API, which exists in development and tests only.
const (
	PathLab          = "/_tegata/lab/v1/"
	PathLabAPI       = PathLab + "openapi.json"
	PathLabClock     = PathLab + "clock"
	PathLabTokens    = PathLab + "tokens"
	PathLabRevoke    = PathLab + "revoke"
	PathLabFaults    = PathLab + "faults"
	PathLabTroubles  = PathLab + "troubles"
	PathLabState     = PathLab + "state"
	PathLabReset     = PathLab + "reset"
	PathLabSnapshots = PathLab + "snapshots"
	PathLabRequests  = PathLab + "requests"
)

// Duration is a time.Duration that is written as Go writes it, such as "1h30m".
type Duration time.Duration

// MarshalText writes the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration such as "90s" or "-2h".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("duration %q: want a number and a unit such as 90s or 2h", text)
	}
	*d = Duration(v)
	return nil
}

// Clock is what a platform's clock says.
type Clock struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
	// Offset is how far Now is ahead of the clock that the platform was started with.
	Offset Duration `json:"offset"`
}

// What can be done to a clock.
const (
	ClockFreeze  = "freeze"  // stands still, at At if it is given
	ClockAdvance = "advance" // moves on by By, which may be negative
	ClockJump    = "jump"    // goes on from At; stays frozen if it was
	ClockResume  = "resume"  // runs again from where it stands
	ClockReset   = "reset"   // is again the clock that the platform was started with
)

// ClockChange is the body of POST /_tegata/lab/v1/clock.
type ClockChange struct {
	Do string    `json:"do"`
	By Duration  `json:"by,omitzero"`
	At time.Time `json:"at,omitzero"`
}

// Kinds of token to mint.
const (
	KindIDToken      = "id_token"
	KindAccessToken  = "access_token"
	KindRefreshToken = "refresh_token"
)

// What can be wrong with a minted token. In all but the two that are about a channel
// exactly one property differs from the good token.
const (
	WrongChannel   = "other-channel"  // issued to another channel of the same provider: the user ID is the same
	WrongProvider  = "other-provider" // issued to a channel of another provider, so for another user ID
	WrongIssuer    = "other-issuer"   // iss is another OpenID Provider
	WrongExpired   = "expired"        // ended longer ago than any leeway
	WrongNotYet    = "not-yet-valid"  // issued in the future
	WrongRetired   = "retired-key"    // signed by a key that is no longer published
	WrongForeign   = "foreign-key"    // names the current key, but another one signed
	WrongNonce     = "wrong-nonce"    // carries another nonce than was asked for
	WrongRevoked   = "revoked"        // revoked already; access and refresh tokens
	WrongSignature = "altered"        // changed after it was signed
)

// Mint says what token to make; the body of POST /_tegata/lab/v1/tokens. The zero value
// is a good ID token, issued now, of the first persona at the first channel, as a LIFF
// app gets it.
type Mint struct {
	Kind    string `json:"kind,omitempty"`    // empty: id_token
	User    string `json:"user,omitempty"`    // handle; empty: the first persona
	Channel string `json:"channel,omitempty"` // ID; empty: that of LIFFID, or the first one
	LIFFID  string `json:"liffId,omitempty"`  // access tokens: as a LIFF app gets them, for 12 hours
	// Algorithm is ES256 or HS256; empty: that of the channel if it has one, else ES256.
	Algorithm string `json:"algorithm,omitempty"`
	// Scopes are what was granted; nil: openid and profile, and email if the channel may
	// ask for it.
	Scopes []string `json:"scopes,omitempty"`
	Nonce  string   `json:"nonce,omitempty"`
	AMR    []string `json:"amr,omitempty"` // nil: pwd
	// AuthTime is when the user authenticated; zero: ID tokens carry no auth_time.
	AuthTime time.Time `json:"authTime,omitzero"`
	// IssuedAt is when the token was issued; zero: now. Age moves it into the past, or a
	// negative one into the future.
	IssuedAt time.Time `json:"issuedAt,omitzero"`
	Age      Duration  `json:"age,omitzero"`
	Life     Duration  `json:"life,omitzero"` // zero: LINE's for this kind
	// Wrong is the one thing that is wrong with the token; empty: nothing. See the Wrong
	// constants.
	Wrong string `json:"wrong,omitempty"`
}

// Minted is a token that was made, and what it says.
type Minted struct {
	Token     string    `json:"token"`
	Kind      string    `json:"kind"`
	ChannelID string    `json:"channelId"`
	User      string    `json:"user"` // handle
	UserID    string    `json:"userId"`
	Scopes    []string  `json:"scopes"`
	IssuedAt  time.Time `json:"issuedAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	Wrong     string    `json:"wrong,omitempty"`
}

// TokenRef names a token; the body of POST /_tegata/lab/v1/revoke.
type TokenRef struct {
	Token string `json:"token"`
	// Cause is told by the event log when the token is presented; empty: revoke. The
	// cause close is that of a LIFF app that was closed.
	Cause string `json:"cause,omitempty"`
}

// Snapshot is the state of a platform, kept inside it under an ID.
type Snapshot struct {
	ID string `json:"id"`
}

// Request is something that the platform was asked. Secrets in it, and tokens, are
// replaced by their length.
type Request struct {
	Seq       int64             `json:"seq"`
	Time      time.Time         `json:"time"`
	RequestID string            `json:"requestId"`
	Endpoint  string            `json:"endpoint"` // as in Fault.Endpoint; empty: of no known duty
	Method    string            `json:"method"`
	Host      string            `json:"host"`
	Path      string            `json:"path"`
	Params    map[string]string `json:"params"` // of query and form
	Status    int               `json:"status"` // 0: the connection was broken off
	Faults    []string          `json:"faults,omitempty"`
}

// Requests is the answer of GET /_tegata/lab/v1/requests: those after the sequence
// number after=N, of the endpoint endpoint=NAME if that is given, the oldest first. The
// platform remembers the last 4096.
type Requests struct {
	Requests []Request `json:"requests"`
}
