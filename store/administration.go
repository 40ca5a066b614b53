package store

import (
	"context"
	"time"
)

// Administration is what operators need beside Directory, LIFFApps and People.
type Administration interface {
	AdminTokens
	PasswordLinks
	Removal
}

// AdminToken lets its holder use the admin API.
type AdminToken struct {
	ID        string // names the token in lists
	Name      string // what it is for, in the operator's words
	Hash      Hash
	Once      bool // good for making one other token, and nothing else
	CreatedAt time.Time
	ExpiresAt time.Time // zero: does not expire
}

// AdminTokens keeps the tokens of the admin API.
type AdminTokens interface {
	// CreateAdminToken adds a token; ErrExists if its ID or hash is taken.
	CreateAdminToken(ctx context.Context, t AdminToken) error
	// AdminToken returns a token that is live at now; ErrNotFound.
	AdminToken(ctx context.Context, hash Hash, now time.Time) (AdminToken, error)
	// AdminTokens returns all tokens by CreatedAt, then by ID, also expired ones until
	// they are swept.
	AdminTokens(ctx context.Context) ([]AdminToken, error)
	// DeleteAdminToken removes a token and, in the same step, adds next, if next is not
	// nil: so what may be used once is used once. ErrNotFound if there is no token with
	// this ID, ErrExists as in CreateAdminToken.
	DeleteAdminToken(ctx context.Context, id string, next *AdminToken) error
}

// PasswordLink lets whoever has its secret set a person's password, once.
type PasswordLink struct {
	Hash      Hash // of the secret in the link
	PersonID  string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// PasswordLinks keeps the links by which people set their passwords.
type PasswordLinks interface {
	// CreatePasswordLink adds a link and removes the person's other links: the last one
	// is the one that counts. ErrNotFound if the person does not exist.
	CreatePasswordLink(ctx context.Context, l PasswordLink) error
	// PasswordLink returns a link that is live at now; ErrNotFound.
	PasswordLink(ctx context.Context, hash Hash, now time.Time) (PasswordLink, error)
	// UsePasswordLink burns a live link and, in the same step, sets the person's
	// password hash, counts the person's version up, and ends the person's sessions: a
	// new password is of no use against somebody who is logged in already. It returns
	// the link; ErrNotFound.
	UsePasswordLink(ctx context.Context, hash Hash, now time.Time, passwordHash string) (PasswordLink, error)
}

// Removal changes and removes what others refer to. What rests on consents is removed
// in bounded steps: Withdraw until it returns zero, then the record itself, which
// answers ErrInUse if somebody has consented meanwhile.
type Removal interface {
	// UpdateProvider replaces a provider; ErrNotFound.
	UpdateProvider(ctx context.Context, p Provider) error
	// DeleteProvider removes a provider; ErrNotFound, ErrInUse while it has a channel.
	// The user IDs under it stay taken.
	DeleteProvider(ctx context.Context, id string) error
	// DeleteChannel removes a channel and its LIFF apps, and revokes its channel access
	// tokens; ErrNotFound, ErrInUse while somebody's consent to it is left.
	DeleteChannel(ctx context.Context, id string, now time.Time) error
	// DeletePerson removes a person with sessions, friendships and password links;
	// ErrNotFound, ErrInUse while a consent of the person's is left. The person's user
	// IDs stay taken, so that nobody else ever gets them.
	DeletePerson(ctx context.Context, id string) error
	// Withdraw withdraws at most limit consents, each as Deauthorize does: of a person,
	// to a channel, or, with both given, of the person to the channel; with neither,
	// none. It returns how many it has withdrawn.
	Withdraw(ctx context.Context, personID, channelID string, now time.Time, limit int) (int, error)
	// EndSessions ends all sessions of a person. It is no error if there is none.
	EndSessions(ctx context.Context, personID string) error
	// PeopleAfter returns at most limit persons in the order in which they were made,
	// from the one after the person with this ID on; with an empty ID, from the first
	// on. ErrNotFound if that person does not exist.
	PeopleAfter(ctx context.Context, id string, limit int) ([]Person, error)
}
