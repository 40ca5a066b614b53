package tegata

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// platform is what the verifiers of one platform's channels share: who to ask, its keys,
// and which of its ID tokens were seen.
type platform struct {
	api  *lineapi.Client
	keys *keySource
	now  func() time.Time // wall time
	seen *memo[seen]

	parser jose.Parser // with the headers of good tokens

	words  *memo[*granted] // on access tokens; nil: the platform is asked each time
	window time.Duration   // for how long a word is taken again
}

// seen is an ID token whose ES256 signature was found good.
type seen struct {
	key    *jose.PublicKey
	claims *idtoken.Claims // shared: read only
}

// seenBytes is what an entry of the memo takes beside the texts of the token.
const seenBytes = 768

func newPlatform(cfg *Config) (*platform, error) {
	p := &platform{
		api: lineapi.New(cfg.BaseURL, cfg.Timeout, cfg.Transport),
		now: cfg.Now, seen: newMemo[seen](cfg.Remember),
	}
	if cfg.AccessTokenWindow > 0 {
		p.words, p.window = newMemo[*granted](maxGranted), cfg.AccessTokenWindow
	}
	p.keys = &keySource{fetch: p.api.KeySet, now: time.Now}
	if cfg.KeySet == nil {
		return p, nil
	}
	set, err := jose.ParseSet(cfg.KeySet)
	if err == nil && len(set.Keys()) == 0 {
		err = errors.Join(append([]error{errNoKey}, set.Dropped()...)...)
	}
	if err != nil {
		return nil, errors.Join(errors.New("Config.KeySet is not the platform's JWK Set"), err)
	}
	p.keys.start(set)
	return p, nil
}

// recall returns the claims of an ID token that was verified before, if its key is still
// one of the platform's.
func (p *platform) recall(ctx context.Context, d digest) (*idtoken.Claims, bool) {
	s, ok := p.seen.get(d, p.now())
	if !ok {
		return nil, false
	}
	key, err := p.keys.key(ctx, s.key.KeyID())
	if err != nil || !key.Equal(s.key) {
		p.seen.drop(d)
		return nil, false
	}
	return s.claims, true
}

// verify checks an ES256 signature and returns what it is about.
func (p *platform) verify(ctx context.Context, d digest, token jose.Token, size int) (*idtoken.Claims, error) {
	key, err := p.keys.key(ctx, token.Header().KeyID)
	if err != nil {
		return nil, err
	}
	claims, err := p.signed(&token, key, new(idtoken.Claims))
	if err != nil {
		return nil, err
	}
	until := time.Unix(claims.Expiry, 0).Add(maxLeeway)
	if p.now().Before(until) {
		p.seen.put(d, seen{key, claims}, size+seenBytes, until)
	}
	return claims, nil
}

// signed returns the claims of a token that key has signed, in room.
func (p *platform) signed(token *jose.Token, key jose.Key, room *idtoken.Claims) (*idtoken.Claims, error) {
	payload, err := token.VerifyText(key)
	if err != nil {
		return nil, refused(err)
	}
	p.parser.Keep(token)
	if err := room.ReadText(payload); err != nil {
		return nil, refused(err)
	}
	return room, nil
}

// parse reads a token without believing it. What is too long is not looked at.
func (p *platform) parse(raw string) (jose.Token, error) {
	token, err := p.parser.Parse(raw)
	if err != nil {
		return jose.Token{}, refused(err)
	}
	return token, nil
}

// digestOf returns the digest of a token that is not too long.
func digestOf(raw string) (digest, error) {
	if len(raw) > jose.MaxToken {
		return digest{}, because(ErrMalformed, "longer than %d bytes", jose.MaxToken)
	}
	var buf [1 << 10]byte // most tokens fit, and need no memory of their own
	if len(raw) > len(buf) {
		return sha256.Sum256([]byte(raw)), nil
	}
	return sha256.Sum256(buf[:copy(buf[:], raw)]), nil
}
