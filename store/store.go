package store

import (
	"context"
	"errors"
	"time"
)

// The errors of the store's verbs. Test with errors.Is.
var (
	// ErrNotFound means that no such live record exists: it never did, it has
	// expired, or it was removed.
	ErrNotFound = errors.New("not found")
	// ErrExists means that a record with this key, or this unique field, is there.
	ErrExists = errors.New("exists already")
	// ErrUsed means that what may be used once has been used.
	ErrUsed = errors.New("used already")
	// ErrConflict means that the record has changed since the caller read it.
	ErrConflict = errors.New("changed by somebody else")
	// ErrLimit means that the channel has as many of these as it may have.
	ErrLimit = errors.New("limit reached")
	// ErrRevoked means that the token, or what it was issued from, is revoked.
	ErrRevoked = errors.New("revoked")
	// ErrInUse means that the record cannot be removed while others refer to it.
	ErrInUse = errors.New("still in use")
	// ErrUnknown means that an engine lost its database while it was told to commit:
	// the change may hold or not. Nothing may be answered that supposes either.
	ErrUnknown = errors.New("outcome unknown")
)

// Store is everything that the platform remembers.
type Store interface {
	Directory
	LIFFApps
	People
	Identities
	Logins
	Grants
	Tokens
	Rotation
	ChannelTokens
	Keys
	Events
	Administration
	Failures
	// Sweep removes at most limit records that have been over for good at now, and
	// returns how many it removed. Over for good is what has expired: a used code
	// and a revoked token stay, so that they can be told from unknown ones. An engine
	// that forgets its oldest events in a sweep counts them too.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
	// Close ends the store. No method may be called afterwards.
	Close() error
}

// Directory keeps providers and channels.
type Directory interface {
	// CreateProvider adds a provider; ErrExists if its ID is taken.
	CreateProvider(ctx context.Context, p Provider) error
	// Providers returns all providers by ascending ID.
	Providers(ctx context.Context) ([]Provider, error)
	// CreateChannel adds a channel; ErrExists if its ID is taken, ErrNotFound if
	// its provider does not exist.
	CreateChannel(ctx context.Context, c Channel) error
	// Channel returns one channel; ErrNotFound.
	Channel(ctx context.Context, id string) (Channel, error)
	// Channels returns all channels by ascending ID.
	Channels(ctx context.Context) ([]Channel, error)
	// UpdateChannel replaces a channel whose Version is still c.Version and counts
	// the version up; ErrConflict, ErrNotFound, also if its provider does not exist.
	UpdateChannel(ctx context.Context, c Channel) error
}

// LIFFApps keeps LIFF apps.
type LIFFApps interface {
	// CreateLIFFApp adds an app; ErrExists if its ID is taken, ErrNotFound if its
	// channel does not exist, ErrLimit if the channel has limit apps already. A limit
	// of zero means no limit.
	CreateLIFFApp(ctx context.Context, a LIFFApp, limit int) error
	// LIFFApp returns one app; ErrNotFound.
	LIFFApp(ctx context.Context, id string) (LIFFApp, error)
	// LIFFAppsOf returns a channel's apps in the order in which they were made.
	LIFFAppsOf(ctx context.Context, channelID string) ([]LIFFApp, error)
	// UpdateLIFFApp replaces an app of the same channel whose Version is still
	// a.Version and counts the version up; ErrConflict, ErrNotFound.
	UpdateLIFFApp(ctx context.Context, a LIFFApp) error
	// DeleteLIFFApp removes a channel's app; ErrNotFound, also if the app belongs to
	// another channel.
	DeleteLIFFApp(ctx context.Context, channelID, id string) error
}

// People keeps persons and their friendships with official accounts.
type People interface {
	// CreatePerson adds a person; ErrExists if ID, Handle or Email (compared in the
	// lower case of strings.ToLower) is taken. An empty Handle or Email is nobody's.
	CreatePerson(ctx context.Context, p Person) error
	// Person returns one person; ErrNotFound.
	Person(ctx context.Context, id string) (Person, error)
	// PersonByLogin returns the person with this e-mail address (in any case) or
	// this handle; an address goes before a handle. ErrNotFound, also for the empty
	// string.
	PersonByLogin(ctx context.Context, emailOrHandle string) (Person, error)
	// People returns all persons in the order in which they were made.
	People(ctx context.Context) ([]Person, error)
	// UpdatePerson replaces a person whose Version is still p.Version and counts the
	// version up; ErrConflict, ErrNotFound, ErrExists.
	UpdatePerson(ctx context.Context, p Person) error
	// Friendship returns how a person stands to an official account; NotFriend if
	// nothing is recorded.
	Friendship(ctx context.Context, personID, botID string) (Friendship, error)
	// SetFriendship records how a person stands to an official account and returns
	// how they stood before.
	SetFriendship(ctx context.Context, personID, botID string, f Friendship) (Friendship, error)
}

// Identities keeps the user ID that a person has under each provider.
type Identities interface {
	// UserID returns the person's user ID under a provider. If there is none,
	// candidate becomes it, for ever. ErrExists if candidate is somebody else's;
	// ErrNotFound if there is none and candidate is empty.
	UserID(ctx context.Context, personID, providerID, candidate string) (string, error)
	// PersonOf returns the person behind a provider's user ID; ErrNotFound.
	PersonOf(ctx context.Context, providerID, userID string) (string, error)
}

// Logins keeps SSO sessions and login transactions.
type Logins interface {
	// CreateSession adds a session; ErrExists if its hash is taken, ErrNotFound if the
	// person does not exist.
	CreateSession(ctx context.Context, s Session) error
	// Session returns a session that is live at now; ErrNotFound.
	Session(ctx context.Context, hash Hash, now time.Time) (Session, error)
	// DeleteSession ends a session. It is no error if there is none.
	DeleteSession(ctx context.Context, hash Hash) error
	// CreateTransaction adds a login transaction.
	CreateTransaction(ctx context.Context, t Transaction) error
	// Transaction returns a transaction that is live at now; ErrNotFound, ErrUsed.
	Transaction(ctx context.Context, hash Hash, now time.Time) (Transaction, error)
	// AuthenticateTransaction writes who logged in, how and when into a live
	// transaction; ErrNotFound, ErrUsed.
	AuthenticateTransaction(ctx context.Context, hash Hash, now time.Time, a Authentication) error
	// FinishTransaction burns a live transaction and, in the same step, adds the code
	// that it ends in, if code is not nil; ErrNotFound, ErrUsed.
	FinishTransaction(ctx context.Context, hash Hash, now time.Time, code *Code) error
	// DropTransaction removes a login transaction into which nobody's login was written,
	// so that those whom nobody finishes do not fill the store. It is no error if there is
	// none, and one into which somebody's login was written stays.
	DropTransaction(ctx context.Context, hash Hash) error
}

// Grants keeps which scopes a person has given to a channel.
type Grants interface {
	// Grant returns the consent of a person to a channel; ErrNotFound.
	Grant(ctx context.Context, personID, channelID string) (Grant, error)
	// PutGrant adds g's scopes, each once, behind those given before and takes over
	// its times, except the zero ones. Email goes with EmailConsentedAt. ErrNotFound if
	// the person or the channel does not exist.
	PutGrant(ctx context.Context, g Grant) error
	// Deauthorize withdraws the consent and in the same step revokes every code,
	// access token and refresh token of the person at the channel, with
	// CauseDeauthorize. A new consent brings none of them back. ErrNotFound if there
	// was no consent.
	Deauthorize(ctx context.Context, personID, channelID string, now time.Time) error
}

// Tokens keeps codes and the tokens of users.
type Tokens interface {
	// CreateCode adds a code outside of a login transaction (prompt=none).
	CreateCode(ctx context.Context, c Code) error
	// Code returns a code that is live at now, without burning it; ErrNotFound,
	// ErrUsed. A revoked code is not found. A caller checks the client by it before
	// it redeems.
	Code(ctx context.Context, id ID, now time.Time) (Code, error)
	// RedeemCode burns a live code and, in the same step, adds the tokens issued for
	// it; refresh may be nil. ErrNotFound, ErrUsed, ErrRevoked if the person's consent
	// at the channel is gone, or was when the code had been issued already: then no
	// token was added. Tokens that do not fit the code are refused, see CheckRedeem.
	RedeemCode(ctx context.Context, id ID, now time.Time, access AccessToken, refresh *RefreshToken) error
	// AddAccessToken adds an access token that comes from a refresh token, if its
	// RefreshID is set, or from no code (LIFF browser, lab). In the first case the
	// refresh token must be live at now: ErrNotFound, ErrRevoked, ErrUsed if it has been
	// replaced, and the access token must fit it, see CheckRefresh. In both the person must have a consent at the
	// channel: ErrRevoked.
	AddAccessToken(ctx context.Context, access AccessToken, now time.Time) error
	// AccessToken returns an access token, also a revoked or expired one, until it
	// is swept; ErrNotFound.
	AccessToken(ctx context.Context, id ID) (AccessToken, error)
	// RefreshToken returns a refresh token in the same way.
	RefreshToken(ctx context.Context, id ID) (RefreshToken, error)
	// RevokeAccessToken revokes one access token. Revoking twice is no error and
	// keeps the first time and cause; ErrNotFound.
	RevokeAccessToken(ctx context.Context, id ID, now time.Time, cause string) error
	// RevokeRefreshToken revokes a refresh token, those that it was rotated from and
	// to, and every access token issued from or with any of them; ErrNotFound.
	RevokeRefreshToken(ctx context.Context, id ID, now time.Time, cause string) error
}

// Rotation replaces refresh tokens that are used once (RFC 9700 section 4.14.2). The
// profile of LINE's wire never asks for it: there a refresh token stays.
type Rotation interface {
	// RotateRefresh burns a live refresh token and, in the same step, adds the one that
	// takes its place and the access token issued with that. ErrNotFound, ErrRevoked,
	// also if the person's consent at the channel is gone, ErrUsed if it was replaced
	// before: then somebody holds a copy, and the caller revokes it by
	// RevokeRefreshToken, which takes the whole line with it. Tokens that do not fit
	// are refused, see CheckRotate.
	RotateRefresh(ctx context.Context, id ID, now time.Time, access AccessToken, next RefreshToken) error
}

// ChannelTokens keeps channel access tokens and used client assertions.
type ChannelTokens interface {
	// AddChannelToken adds a token. If the channel has limit ones of its kind that are
	// live at t.IssuedAt, the oldest are revoked at that time until one fits when evict
	// is set, else the call fails with ErrLimit. A limit of zero means no limit. ErrNotFound
	// if the channel does not exist.
	AddChannelToken(ctx context.Context, t ChannelToken, limit int, evict bool) error
	// ChannelToken returns a token, also a revoked or expired one, until it is
	// swept; ErrNotFound.
	ChannelToken(ctx context.Context, id ID) (ChannelToken, error)
	// ChannelTokensOf returns the tokens of a kind that are live at now and not
	// revoked, the oldest first by IssuedAt, then by ID.
	ChannelTokensOf(ctx context.Context, channelID string, kind ChannelTokenKind, now time.Time) ([]ChannelToken, error)
	// RevokeChannelToken revokes a token. Revoking twice is no error and keeps the
	// first time; ErrNotFound.
	RevokeChannelToken(ctx context.Context, id ID, now time.Time) error
	// UseAssertion burns the jti of a channel's client assertion until it expires;
	// ErrUsed.
	UseAssertion(ctx context.Context, channelID, jti string, now, expiresAt time.Time) error
}

// Keys keeps the key ring as one record, so that nodes agree on it.
type Keys interface {
	// KeyRing returns the ring, its keys in the order in which they were stored; the
	// zero KeyRing if there is none yet.
	KeyRing(ctx context.Context) (KeyRing, error)
	// ReplaceKeyRing stores keys as the ring's next version if the ring is still at
	// version; ErrConflict.
	ReplaceKeyRing(ctx context.Context, version int64, keys []Key) error
}

// Events keeps what happened, for `tegata why` and the event log. It is bounded:
// an engine may forget the oldest.
type Events interface {
	// AddEvent appends an event and gives it the next sequence number.
	AddEvent(ctx context.Context, e Event) error
	// AddEvents appends events in their order, all or none, with numbers that follow
	// each other.
	AddEvents(ctx context.Context, all []Event) error
	// EventsOf returns the events of one request in order; none is no error.
	EventsOf(ctx context.Context, requestID string) ([]Event, error)
	// EventsAfter returns at most limit events whose Seq is above seq, in order.
	EventsAfter(ctx context.Context, seq int64, limit int) ([]Event, error)
}
