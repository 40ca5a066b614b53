package mint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/store"
)

// beyond is how far a wrong time lies beyond the right one: twice the most leeway that
// package tegata lets a server give.
const beyond = 10 * time.Minute

// ofIDTokens and ofOthers are what can be wrong with a token of a kind.
var (
	ofIDTokens = []string{
		control.WrongChannel, control.WrongProvider, control.WrongIssuer, control.WrongExpired, control.WrongNotYet,
		control.WrongRetired, control.WrongForeign, control.WrongNonce, control.WrongSignature,
	}
	ofOthers = []string{
		control.WrongChannel, control.WrongProvider, control.WrongExpired, control.WrongRevoked, control.WrongSignature,
	}
)

// The private keys of the examples in RFC 7517 (appendix A.2) and RFC 7515 (appendix
// A.3). Everybody knows them, so they are no secret, and no JWK Set of ours has them.
const (
	retiredScalar = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"
	foreignScalar = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
)

// wrongIssuer is the iss of a token of another OpenID Provider.
const wrongIssuer = "https://issuer.example"

// spoil changes the claims that are wrong by themselves.
func spoil(wrong string, c *idtoken.Claims) {
	switch wrong {
	case control.WrongIssuer:
		c.Issuer = wrongIssuer
	case control.WrongNonce:
		c.Nonce = "other-than-" + c.Nonce
	}
}

// signWrong signs by a key that a verifier must not take: one that is retired, so that
// its name is in no JWK Set any more, or a foreign one under the current key's name.
func (m *Minter) signWrong(o order, alg jose.Algorithm, claims *idtoken.Claims) (string, error) {
	scalar, name := foreignScalar, ""
	if o.Wrong == control.WrongRetired {
		scalar = retiredScalar
	}
	raw, err := base64.RawURLEncoding.DecodeString(scalar)
	if err != nil {
		return "", fmt.Errorf("key of an RFC's example: %w", err)
	}
	if alg == jose.HS256 {
		key, err := jose.NewMACKey(raw)
		if err != nil {
			return "", fmt.Errorf("secret of nobody: %w", err)
		}
		return key.Sign("JWT", claims.Marshal())
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return "", fmt.Errorf("key of an RFC's example: %w", err)
	}
	if o.Wrong == control.WrongRetired {
		name, err = jose.Thumbprint(&private.PublicKey)
	} else {
		name, err = m.currentKey()
	}
	if err != nil {
		return "", err
	}
	key, err := jose.NewPrivateKey(name, private)
	if err != nil {
		return "", fmt.Errorf("key of an RFC's example: %w", err)
	}
	return key.Deterministic().Sign("JWT", claims.Marshal())
}

func (m *Minter) currentKey() (string, error) {
	signer, err := m.Ring.Signer(store.SignIDToken)
	if err != nil {
		return "", fmt.Errorf("current key: %w", err)
	}
	return signer.Public().KeyID(), nil
}

// alter changes a letter before the last of a token, where every letter has all its
// bits in use, so that the form stays good.
func alter(token string) string {
	at := len(token) - 8
	letter := byte('A')
	if token[at] == letter {
		letter = 'B'
	}
	return token[:at] + string(letter) + token[at+1:]
}

// input is what package issue needs to know for an ID token.
func (o order) input(m *Minter) issue.IDTokenInput {
	in := issue.IDTokenInput{
		Channel: o.channel, Base: m.Base, Person: o.person, UserID: o.userID, Scopes: o.Scopes,
		Who:   store.Authentication{PersonID: o.person.ID, AMR: o.AMR, Time: o.AuthTime},
		Nonce: o.Nonce, AuthTime: !o.AuthTime.IsZero(), ES256: true,
	}
	in.Channel.IDTokenAlg = o.home.IDTokenAlg
	if o.Algorithm != "" {
		in.Channel.IDTokenAlg = o.Algorithm
	}
	return in
}
