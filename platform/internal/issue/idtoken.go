package issue

import (
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// IDTokenInput is what an ID token says, and to whom.
type IDTokenInput struct {
	Channel  store.Channel
	Base     router.Base
	Person   store.Person
	UserID   string
	Scopes   []string // granted
	Who      store.Authentication
	Nonce    string // empty: left out
	AuthTime bool   // max_age was asked
	ES256    bool   // by the flow; Channel.IDTokenAlg goes before it
}

// IDToken returns a signed ID token with the claims and in the order of LINE's ("Get
// profile information from ID tokens").
func (s *Service) IDToken(in IDTokenInput) (string, error) {
	claims := s.claims(in, s.now(), IDTokenLife)
	return s.sign(in.Channel, in.es256(), claims.Marshal())
}

// es256 says by which of the two algorithms the token is signed.
func (in IDTokenInput) es256() bool {
	switch in.Channel.IDTokenAlg {
	case "ES256":
		return true
	case "HS256":
		return false
	}
	return in.ES256
}

// claims returns what an ID token says that is issued at a time for a life.
func (s *Service) claims(in IDTokenInput, now time.Time, life time.Duration) idtoken.Claims {
	claims := idtoken.Claims{
		Issuer: s.cfg.Issuer(in.Base), Subject: in.UserID, Audience: in.Channel.ID,
		Expiry: now.Add(life).Unix(), IssuedAt: now.Unix(), Nonce: in.Nonce, AMR: in.Who.AMR,
	}
	if in.AuthTime {
		claims.AuthTime = in.Who.Time.Unix()
	}
	if hasScope(in.Scopes, oauth2.ScopeProfile) {
		claims.Name = in.Person.DisplayName
		claims.Picture = s.cfg.Picture(in.Base, in.Person.Picture)
	}
	if hasScope(in.Scopes, oauth2.ScopeEmail) && !in.Person.EmailUnshared {
		claims.Email = in.Person.Email
	}
	addProfilePlus(&claims, in.Person.ProfilePlus, in.Scopes)
	return claims
}

// addProfilePlus adds the claims of LINE Profile+ that were granted.
func addProfilePlus(c *idtoken.Claims, p store.ProfilePlus, scopes []string) {
	if hasScope(scopes, oauth2.ScopeRealName) {
		c.GivenName, c.GivenNamePronunciation, c.MiddleName = p.GivenName, p.GivenNamePronunciation, p.MiddleName
		c.FamilyName, c.FamilyNamePronunciation = p.FamilyName, p.FamilyNamePronunciation
	}
	if hasScope(scopes, oauth2.ScopeGender) {
		c.Gender = p.Gender
	}
	if hasScope(scopes, oauth2.ScopeBirthdate) {
		c.Birthdate = p.Birthdate
	}
	if hasScope(scopes, oauth2.ScopePhone) {
		c.PhoneNumber = p.PhoneNumber
	}
	if hasScope(scopes, oauth2.ScopeAddress) && p.Address != nil {
		a := idtoken.Address(*p.Address)
		c.Address = &a
	}
}

func hasScope(scopes []string, name string) bool { return slices.Contains(scopes, name) }
