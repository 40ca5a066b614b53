package tegatatest

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// What can be wrong with a token. In all but the first two, which are about another
// channel, one property differs from the good token and nothing else.
const (
	OtherChannel  = control.WrongChannel  // issued to another channel of the same provider
	OtherProvider = control.WrongProvider // issued to a channel of another provider, so for another user ID
	OtherIssuer   = control.WrongIssuer   // of another OpenID Provider
	Expired       = control.WrongExpired
	NotYetValid   = control.WrongNotYet
	RetiredKey    = control.WrongRetired   // signed by a key that is no longer published
	ForeignKey    = control.WrongForeign   // names the current key, but another one signed
	WrongNonce    = control.WrongNonce     // another nonce than Token.Nonce
	Revoked       = control.WrongRevoked   // access and refresh tokens
	Altered       = control.WrongSignature // changed after it was issued
)

// Token says what token is wanted. The zero value is a good one, issued now, of the first
// persona at the first channel.
type Token struct {
	User    string   // handle
	Channel string   // ID
	LIFFID  string   // access tokens: as this LIFF app gets them, good for 12 hours
	Scopes  []string // nil: openid and profile, and email if the channel may ask for it
	// Algorithm is ES256 or HS256; empty: that of the channel if it has one, else ES256, as
	// a LIFF app gets it.
	Algorithm string
	Nonce     string
	AMR       []string  // nil: pwd
	AuthTime  time.Time // zero: there is no auth_time
	IssuedAt  time.Time // zero: now
	// Age is how long before IssuedAt the token was issued: two hours make an ID token that
	// expired an hour ago.
	Age  time.Duration
	Life time.Duration // zero: LINE's
	// Wrong is what is wrong with the token, one of the constants; empty: nothing.
	Wrong string
}

func (m Token) mint(kind string) control.Mint {
	return control.Mint{
		Kind: kind, User: m.User, Channel: m.Channel, LIFFID: m.LIFFID, Algorithm: m.Algorithm, Scopes: m.Scopes, Nonce: m.Nonce,
		AMR: m.AMR, AuthTime: m.AuthTime, IssuedAt: m.IssuedAt, Age: control.Duration(m.Age), Life: control.Duration(m.Life), Wrong: m.Wrong,
	}
}

// IDToken returns an ID token.
func (p *Platform) IDToken(m Token) string {
	p.t.Helper()
	return p.minted(control.KindIDToken, m)
}

// AccessToken returns an access token, to which the user has consented. It is a record of
// the platform: it can be presented and revoked.
func (p *Platform) AccessToken(m Token) string {
	p.t.Helper()
	return p.minted(control.KindAccessToken, m)
}

// RefreshToken returns a refresh token, to which the user has consented.
func (p *Platform) RefreshToken(m Token) string {
	p.t.Helper()
	return p.minted(control.KindRefreshToken, m)
}

func (p *Platform) minted(kind string, m Token) string {
	p.t.Helper()
	out, err := p.lab.Mint(context.Background(), m.mint(kind))
	if err != nil {
		p.t.Fatalf("tegatatest: %v", err)
	}
	return out.Token
}

// Revoke revokes an access token or a refresh token.
func (p *Platform) Revoke(token string) {
	p.t.Helper()
	p.revoke(token, "")
}

// CloseLIFF revokes an access token as LINE does when the LIFF app is closed. ID tokens of
// the app stay good until they expire.
func (p *Platform) CloseLIFF(accessToken string) {
	p.t.Helper()
	p.revoke(accessToken, "close")
}

func (p *Platform) revoke(token, cause string) {
	p.t.Helper()
	if err := p.lab.Revoke(context.Background(), control.TokenRef{Token: token, Cause: cause}); err != nil {
		p.t.Fatalf("tegatatest: %v", err)
	}
}

// RotateKeys makes the next key sign ID tokens. The one before stays published for two
// hours, and tokens that it has signed stay good.
func (p *Platform) RotateKeys() {
	p.t.Helper()
	if err := p.lab.RotateKeys(context.Background()); err != nil {
		p.t.Fatalf("tegatatest: rotate keys: %v", err)
	}
}

// Reset makes the platform be as it was at Start: state, keys, clock, random bytes;
// there is no fault and no request is remembered.
func (p *Platform) Reset() {
	p.t.Helper()
	if err := p.lab.Reset(context.Background()); err != nil {
		p.t.Fatalf("tegatatest: reset: %v", err)
	}
}
