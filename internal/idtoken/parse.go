package idtoken

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tegata-id/tegata/internal/jose"
)

// ErrMalformed says that a payload is not that of an ID token: not strict JSON, a
// claim of the wrong type, or a required claim missing.
var ErrMalformed = errors.New("malformed ID token")

const (
	// maxSubject is the longest sub in bytes (OpenID Connect Core 1.0 section 2).
	maxSubject = 255
	// maxTime is the last second of the year 9999; later times are mistakes.
	maxTime = 253402300799
	// maxLife is the longest time in seconds from iat to exp. LINE's ID tokens live an
	// hour; one that says it lives for months is a mistake, which a thief could use as
	// long.
	maxLife = 31 * 24 * 3600
)

// Parse reads the payload of a verified token. iss, sub, aud, exp and iat must be
// there; known claims must have LINE's types exactly (aud is a string, times are
// positive integers, null is no value); exp may lie 31 days after iat, not more; unknown
// claims are ignored, for LINE may add some. Names count only in their exact case. All
// errors are ErrMalformed, with a nil Claims.
func Parse(payload []byte) (*Claims, error) { return ParseText(string(payload)) }

// ParseText is Parse for a text, which the claims then share memory with.
func ParseText(payload string) (*Claims, error) {
	c := new(Claims)
	if err := c.ReadText(payload); err != nil {
		return nil, err
	}
	return c, nil
}

// ReadText is ParseText into zero claims of the caller's, which may be on his stack. Beside
// an error they are not to be used.
func (c *Claims) ReadText(payload string) error {
	err := jose.ScanText(payload, func(name string, v jose.Value) error {
		if err := c.read(name, v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if name := c.missing(); name != "" {
		return fmt.Errorf("%w: no %s", ErrMalformed, name)
	}
	if c.Expiry-c.IssuedAt > maxLife {
		return fmt.Errorf("%w: exp is more than %d seconds after iat", ErrMalformed, maxLife)
	}
	return nil
}

// missing names the first required claim that is not there.
func (c *Claims) missing() string {
	switch {
	case c.Issuer == "":
		return "iss"
	case c.Subject == "":
		return "sub"
	case c.Audience == "":
		return "aud"
	case c.Expiry == 0:
		return "exp"
	case c.IssuedAt == 0:
		return "iat"
	}
	return ""
}

// read takes one member. It returns errors for known names only.
func (c *Claims) read(name string, v jose.Value) (err error) {
	switch name {
	case "iss":
		c.Issuer, err = required(v)
	case "sub":
		c.Subject, err = required(v)
		if err == nil && len(c.Subject) > maxSubject {
			err = fmt.Errorf("longer than %d bytes", maxSubject)
		}
	case "aud":
		c.Audience, err = required(v)
	case "exp":
		c.Expiry, err = seconds(v)
	case "iat":
		c.IssuedAt, err = seconds(v)
	case "nbf":
		c.NotBefore, err = seconds(v)
	case "auth_time":
		c.AuthTime, err = seconds(v)
	case "azp":
		c.AuthorizedParty, err = required(v)
	case "nonce":
		c.Nonce, err = text(v)
	case "amr":
		c.AMR, err = v.Strings()
	case "name":
		c.Name, err = text(v)
	case "picture":
		c.Picture, err = text(v)
	case "email":
		c.Email, err = text(v)
	case "address":
		c.Address, err = address(v)
	default:
		err = c.readProfile(name, v)
	}
	return err
}

// readProfile takes a member of LINE Profile+.
func (c *Claims) readProfile(name string, v jose.Value) (err error) {
	switch name {
	case "given_name":
		c.GivenName, err = text(v)
	case "given_name_pronunciation":
		c.GivenNamePronunciation, err = text(v)
	case "middle_name":
		c.MiddleName, err = text(v)
	case "family_name":
		c.FamilyName, err = text(v)
	case "family_name_pronunciation":
		c.FamilyNamePronunciation, err = text(v)
	case "gender":
		c.Gender, err = text(v)
	case "birthdate":
		c.Birthdate, err = text(v)
	case "phone_number":
		c.PhoneNumber, err = text(v)
	}
	return err
}

// text reads a string. NUL is refused: stores cut texts there or refuse them, and
// then two texts are taken for one.
func text(v jose.Value) (string, error) {
	s, err := v.String()
	if err == nil && v.Escaped() && strings.IndexByte(s, 0) >= 0 {
		return "", errors.New("holds a NUL character")
	}
	return s, err
}

func required(v jose.Value) (string, error) {
	s, err := text(v)
	if err == nil && s == "" {
		return "", errors.New("is empty")
	}
	return s, err
}

func seconds(v jose.Value) (int64, error) {
	n, err := v.Int64()
	if err == nil && (n <= 0 || n > maxTime) {
		return 0, errors.New("is not a time in this era")
	}
	return n, err
}

func address(v jose.Value) (*Address, error) {
	a := new(Address)
	err := jose.ScanObject(v.Raw(), func(name string, v jose.Value) (err error) {
		switch name {
		case "postal_code":
			a.PostalCode, err = text(v)
		case "region":
			a.Region, err = text(v)
		case "locality":
			a.Locality, err = text(v)
		case "street_address":
			a.StreetAddress, err = text(v)
		case "country":
			a.Country, err = text(v)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}
