package idtoken

import (
	"strconv"

	"github.com/tegata-id/tegata/internal/jose"
)

// Claims is the payload of an ID token. Times are seconds since the epoch. Except
// for the first five, a zero field means that the claim is absent.
type Claims struct {
	Issuer   string // iss
	Subject  string // sub: the user ID
	Audience string // aud: the channel ID; in LINE's tokens never an array
	Expiry   int64  // exp
	IssuedAt int64  // iat
	AuthTime int64  // auth_time: when the user authenticated
	Nonce    string
	AMR      []string // pwd, lineautologin, lineqr, linesso, mfa
	Name     string
	Picture  string
	Email    string

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

	// LINE's tokens do not have these. They are read and written all the same, so
	// that Check can refuse a token which says that it is not valid yet, or that it
	// was made for somebody else.
	NotBefore       int64  // nbf
	AuthorizedParty string // azp
}

// Address is the address claim of LINE Profile+. An empty member is written as "".
type Address struct {
	PostalCode    string // postal_code
	Region        string
	Locality      string
	StreetAddress string // street_address: two fields joined by a line break
	Country       string // ISO 3166-1 alpha-2
}

// stringMember is a claim that holds a string and may be absent.
type stringMember struct {
	name  string
	field func(*Claims) *string
}

// profile lists the string claims behind amr in the order of the wire: as far as
// email seen in LINE's tokens, from there on our choice.
var profile = [...]stringMember{
	{"name", func(c *Claims) *string { return &c.Name }},
	{"picture", func(c *Claims) *string { return &c.Picture }},
	{"email", func(c *Claims) *string { return &c.Email }},
	{"given_name", func(c *Claims) *string { return &c.GivenName }},
	{"given_name_pronunciation", func(c *Claims) *string { return &c.GivenNamePronunciation }},
	{"middle_name", func(c *Claims) *string { return &c.MiddleName }},
	{"family_name", func(c *Claims) *string { return &c.FamilyName }},
	{"family_name_pronunciation", func(c *Claims) *string { return &c.FamilyNamePronunciation }},
	{"gender", func(c *Claims) *string { return &c.Gender }},
	{"birthdate", func(c *Claims) *string { return &c.Birthdate }},
	{"phone_number", func(c *Claims) *string { return &c.PhoneNumber }},
}

// Marshal writes the payload: iss, sub, aud, exp, iat, auth_time, nonce, amr, name,
// picture, email, then LINE Profile+. Absent claims are left out; iss, sub, aud, exp
// and iat always stand. Characters of HTML are not escaped; bytes that are not UTF-8
// become U+FFFD.
func (c *Claims) Marshal() []byte {
	w := writer{out: append(make([]byte, 0, 512), '{')}
	w.text("iss", c.Issuer)
	w.text("sub", c.Subject)
	w.text("aud", c.Audience)
	w.number("exp", c.Expiry)
	w.number("iat", c.IssuedAt)
	if c.NotBefore != 0 {
		w.number("nbf", c.NotBefore)
	}
	if c.AuthTime != 0 {
		w.number("auth_time", c.AuthTime)
	}
	w.optional("azp", c.AuthorizedParty)
	w.optional("nonce", c.Nonce)
	if len(c.AMR) > 0 {
		w.list("amr", c.AMR)
	}
	for _, m := range profile {
		w.optional(m.name, *m.field(c))
	}
	if c.Address != nil {
		w.name("address")
		w.address(c.Address)
	}
	return append(w.out, '}')
}

// writer appends the members of a JSON object.
type writer struct{ out []byte }

func (w *writer) name(name string) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(jose.AppendString(w.out, name), ':')
}

func (w *writer) text(name, value string) {
	w.name(name)
	w.out = jose.AppendString(w.out, value)
}

func (w *writer) optional(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *writer) number(name string, value int64) {
	w.name(name)
	w.out = strconv.AppendInt(w.out, value, 10)
}

func (w *writer) list(name string, values []string) {
	w.name(name)
	for i, v := range values {
		c := byte(',')
		if i == 0 {
			c = '['
		}
		w.out = jose.AppendString(append(w.out, c), v)
	}
	w.out = append(w.out, ']')
}

func (w *writer) address(a *Address) {
	w.out = append(w.out, '{')
	w.text("postal_code", a.PostalCode)
	w.text("region", a.Region)
	w.text("locality", a.Locality)
	w.text("street_address", a.StreetAddress)
	w.text("country", a.Country)
	w.out = append(w.out, '}')
}
