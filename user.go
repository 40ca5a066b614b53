package tegata

import (
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
)

// User is who a verified token speaks of. The texts were chosen by the user: escape
// them wherever they are shown. UserID is the only thing to know somebody by; it is the
// same in all channels of one provider and another one under another provider.
type User struct {
	UserID        string `json:"userId"`
	Name          string `json:"name,omitempty"`
	Picture       string `json:"picture,omitempty"`       // URL
	StatusMessage string `json:"statusMessage,omitempty"` // by access token only
	Email         string `json:"email,omitempty"`         // by ID token only

	// Expires is when the token stops being good, of two the earlier. A session that
	// rests on it should not live longer.
	Expires time.Time `json:"-"`
	// Scopes are those of the access token; nil without one.
	Scopes []string `json:"-"`
	// IDToken is the verified ID token; nil without one.
	IDToken *IDToken `json:"-"`
}

// IDToken is a verified ID token: a copy of the caller's own, which nobody else reads.
// Except for the first five fields a zero value means that the token does not tell.
type IDToken struct {
	Issuer    string
	UserID    string // sub
	ChannelID string // aud
	Expires   time.Time
	IssuedAt  time.Time
	AuthTime  time.Time // when the user authenticated; only if the login asked for max_age
	Nonce     string
	Methods   []string // amr: pwd, lineautologin, lineqr, linesso, mfa
	Name      string
	Picture   string // URL
	Email     string

	// LINE Profile+.
	GivenName               string
	GivenNamePronunciation  string
	MiddleName              string
	FamilyName              string
	FamilyNamePronunciation string
	Gender                  string
	Birthdate               string // full-date of RFC 3339
	PhoneNumber             string // E.164
	Address                 *Address
}

// Address is the address of LINE Profile+.
type Address struct {
	PostalCode    string
	Region        string
	Locality      string
	StreetAddress string // may hold a line break
	Country       string // ISO 3166-1 alpha-2
}

// User returns the user that the token speaks of.
func (t *IDToken) User() *User {
	return &User{UserID: t.UserID, Name: t.Name, Picture: t.Picture, Email: t.Email, Expires: t.Expires, IDToken: t}
}

// room is an ID token with room for what it points to, so that a reader's own copy of
// everything is one allocation.
type room struct {
	token   IDToken
	methods [4]string
	address Address
}

// newIDToken copies claims, which others may read too.
func newIDToken(c *idtoken.Claims) *IDToken {
	r := &room{token: IDToken{
		Issuer: c.Issuer, UserID: c.Subject, ChannelID: c.Audience,
		Expires: time.Unix(c.Expiry, 0).UTC(), IssuedAt: time.Unix(c.IssuedAt, 0).UTC(),
		Nonce: c.Nonce, Name: c.Name, Picture: c.Picture, Email: c.Email,
		GivenName: c.GivenName, GivenNamePronunciation: c.GivenNamePronunciation, MiddleName: c.MiddleName,
		FamilyName: c.FamilyName, FamilyNamePronunciation: c.FamilyNamePronunciation,
		Gender: c.Gender, Birthdate: c.Birthdate, PhoneNumber: c.PhoneNumber,
	}}
	t := &r.token
	if len(c.AMR) > 0 {
		t.Methods = append(r.methods[:0], c.AMR...)
	}
	if c.AuthTime != 0 {
		t.AuthTime = time.Unix(c.AuthTime, 0).UTC()
	}
	if c.Address != nil {
		r.address = Address(*c.Address)
		t.Address = &r.address
	}
	return t
}
