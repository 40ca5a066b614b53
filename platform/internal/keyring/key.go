package keyring

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/store"
)

const (
	sealKind   = "key"
	sealField  = "private"
	macKeySize = 32
)

// newSigningKey returns a sealed ES256 key. A zero active means that it is the next
// one: published, but not yet signing.
func (r *Ring) newSigningKey(use store.KeyUse, active time.Time) (store.Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return store.Key{}, fmt.Errorf("signing key: %w", err)
	}
	kid, err := jose.Thumbprint(&private.PublicKey)
	if err != nil {
		return store.Key{}, fmt.Errorf("signing key: %w", err)
	}
	raw, err := private.Bytes()
	if err != nil {
		return store.Key{}, fmt.Errorf("signing key: %w", err)
	}
	return r.sealed(kid, use, raw, active)
}

// newMACKey returns a sealed MAC key of the given version, active at once.
func (r *Ring) newMACKey(version byte) (store.Key, error) {
	raw := make([]byte, macKeySize)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return r.sealed(string(rune(version)), store.MACToken, raw, r.cfg.Now().UTC())
}

func (r *Ring) sealed(id string, use store.KeyUse, raw []byte, active time.Time) (store.Key, error) {
	sealed, err := r.cfg.Sealer.Seal(sealKind, string(use)+"/"+id, sealField, raw)
	if err != nil {
		return store.Key{}, fmt.Errorf("seal %s key: %w", use, err)
	}
	return store.Key{ID: id, Use: use, Sealed: sealed, CreatedAt: r.cfg.Now().UTC(), ActiveAt: active}, nil
}

// open returns the raw private key.
func (r *Ring) open(k store.Key) ([]byte, error) {
	raw, err := r.cfg.Sealer.Open(sealKind, string(k.Use)+"/"+k.ID, sealField, k.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s key %s: %w", k.Use, k.ID, err)
	}
	return raw, nil
}

func (r *Ring) openSigning(k store.Key) (*jose.PrivateKey, error) {
	raw, err := r.open(k)
	if err != nil {
		return nil, err
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, fmt.Errorf("%s key %s: %w", k.Use, k.ID, err)
	}
	return jose.NewPrivateKey(k.ID, private)
}
