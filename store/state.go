package store

import (
	"context"
	"time"
)

// Stateful is an engine whose whole state can be taken and set, each in one step that
// nothing else comes between: an engine of development and tests.
type Stateful interface {
	// State returns every record. It shares nothing with the engine.
	State(ctx context.Context) (*State, error)
	// SetState forgets everything and remembers s, of which it keeps no reference. It
	// does not ask whether the records of s fit together.
	SetState(ctx context.Context, s *State) error
}

// State is every record of a store, in an order that does not depend on chance: equal
// stores have equal states. What is sealed stays sealed.
type State struct {
	Providers     []Provider
	Channels      []Channel
	LIFFApps      []LIFFApp // of each channel the oldest first
	People        []Person  // the oldest first
	UserIDs       []HeldUserID
	Friendships   []HeldFriendship
	PasswordLinks []PasswordLink
	Sessions      []Session
	Transactions  []HeldTransaction
	Grants        []Grant
	Codes         []HeldCode
	RefreshTokens []HeldRefreshToken
	AccessTokens  []HeldAccessToken
	ChannelTokens []ChannelToken
	Assertions    []HeldAssertion
	AdminTokens   []AdminToken
	KeyRing       KeyRing
	Events        []Event
	LastEvent     int64 // the newest sequence number, also if that event is forgotten
}

// HeldUserID is the user ID of a person under a provider.
type HeldUserID struct{ PersonID, ProviderID, UserID string }

// HeldFriendship is how a person stands to an official account.
type HeldFriendship struct {
	PersonID, BotID string
	Friendship      Friendship
}

// HeldTransaction is a login transaction, and whether it is burned.
type HeldTransaction struct {
	Transaction
	Burned bool
}

// HeldCode is a code, and whether it is burned or revoked.
type HeldCode struct {
	Code
	Burned, Revoked bool
}

// HeldRefreshToken is a refresh token. Those that were rotated from one another have
// one Family, the least of their IDs.
type HeldRefreshToken struct {
	RefreshToken
	Family ID
}

// HeldAccessToken is an access token with the family of the refresh token that it was
// issued with or from; zero: none.
type HeldAccessToken struct {
	AccessToken
	Family ID
}

// HeldAssertion is a client assertion that was used.
type HeldAssertion struct {
	ChannelID, JTI string
	ExpiresAt      time.Time
}
