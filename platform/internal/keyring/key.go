package keyring

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/store"
)

const (
	sealKind   = "key"
	sealField  = "private"
	macKeySize = 32
	scalarSize = 32
	// minDerive is the least length of Config.Derive in bytes.
	minDerive = 16
)

// maker makes the keys of one new version of the ring.
type maker struct {
	ring    *Ring
	version int64
	count   int
}

// signing returns a sealed ES256 key. A zero active means that it is the next one:
// published, but not yet signing.
func (m *maker) signing(use store.KeyUse, active time.Time) (store.Key, error) {
	private, err := m.private(use)
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
	return m.ring.sealed(kid, use, raw, active)
}

// private returns a fresh key, or the one that Config.Derive gives: Go's generator
// takes its own randomness whatever reader it is given, so that one is computed, by
// FIPS 186-5 A.2.1 (64 bits more than the order has, reduced).
func (m *maker) private(use store.KeyUse) (*ecdsa.PrivateKey, error) {
	if m.ring.cfg.Derive == nil {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	wide, err := m.derive(use, scalarSize+8)
	if err != nil {
		return nil, err
	}
	one := big.NewInt(1)
	scalar := new(big.Int).SetBytes(wide)
	scalar.Mod(scalar, new(big.Int).Sub(elliptic.P256().Params().N, one)).Add(scalar, one)
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar.FillBytes(make([]byte, scalarSize)))
}

// mac returns a sealed MAC key of the given version letter.
func (m *maker) mac(letter byte, active time.Time) (store.Key, error) {
	raw := make([]byte, macKeySize)
	if m.ring.cfg.Derive == nil {
		_, _ = rand.Read(raw) // never fails (crypto/rand)
	} else {
		var err error
		if raw, err = m.derive(store.MACToken, macKeySize); err != nil {
			return store.Key{}, err
		}
	}
	return m.ring.sealed(string(rune(letter)), store.MACToken, raw, active)
}

// derive returns bytes that follow from Config.Derive, the version of the ring and the
// place of the key in it (HKDF, RFC 5869), so that no two keys are the same.
func (m *maker) derive(use store.KeyUse, size int) ([]byte, error) {
	m.count++
	out, err := hkdf.Key(sha256.New, m.ring.cfg.Derive, nil, fmt.Sprintf("tegata key ring %d %d %s", m.version, m.count, use), size)
	if err != nil {
		return nil, fmt.Errorf("derive %s key: %w", use, err)
	}
	return out, nil
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
	key, err := jose.NewPrivateKey(k.ID, private)
	if err != nil || r.cfg.Derive == nil {
		return key, err
	}
	return key.Deterministic(), nil
}
