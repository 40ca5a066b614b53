package jose

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
)

const (
	minRSABits = 2048
	maxRSABits = 4096
	// minExponent is the least public exponent of FIPS 186-5; every usual key has it.
	minExponent = 65537
	maxExponent = 1<<31 - 1
)

// RSAPublicKey verifies RS256, for client assertions (LINE: "Issue a channel access
// token v2.1"). The zero value refuses every signature. It may be used by many
// goroutines.
type RSAPublicKey struct {
	kid string
	key *rsa.PublicKey
}

// ParseRSAPublicJWK reads an RSA JWK of 2048 to 4096 bits (RFC 7518 section 6.3).
// alg, use and key_ops may be absent but must fit RS256 verification if present; a
// JWK with private members, or with a modulus known to be weak, is refused. All
// errors are ErrKey.
func ParseRSAPublicJWK(data []byte) (*RSAPublicKey, error) {
	if len(data) > MaxToken {
		return nil, fmt.Errorf("%w: JWK longer than %d bytes", ErrKey, MaxToken)
	}
	k, err := parseJWK(string(data), "RSA", RS256)
	if err != nil {
		return nil, err
	}
	if err := checkKeyID(k.kid); err != nil {
		return nil, err
	}
	n, e := new(big.Int).SetBytes(k.n), new(big.Int).SetBytes(k.e)
	if n.BitLen() < minRSABits || n.BitLen() > maxRSABits {
		return nil, fmt.Errorf("%w: RSA modulus of %d bits, need %d to %d", ErrKey, n.BitLen(), minRSABits, maxRSABits)
	}
	if !e.IsInt64() || e.Int64() < minExponent || e.Int64() > maxExponent || e.Bit(0) == 0 || n.Bit(0) == 0 {
		return nil, fmt.Errorf("%w: RSA exponent or modulus is even or out of range", ErrKey)
	}
	if isROCA(n) {
		return nil, fmt.Errorf("%w: RSA modulus was made by faulty hardware (CVE-2017-15361)", ErrKey)
	}
	return &RSAPublicKey{kid: k.kid, key: &rsa.PublicKey{N: n, E: int(e.Int64())}}, nil
}

// rocaPrimes are the small primes that the faulty generator's moduli give away.
var rocaPrimes = [...]int64{
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
	89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
}

// isROCA reports whether n has the fingerprint of keys that can be factored
// (Nemec et al., "The Return of Coppersmith's Attack", 2017): modulo each of the
// small primes it is a power of 65537. Of sound keys one in 2^27 has it too.
func isROCA(n *big.Int) bool {
	for _, p := range rocaPrimes {
		residue := new(big.Int).Mod(n, big.NewInt(p)).Int64()
		power := int64(1)
		for power != residue {
			power = power * 65537 % p
			if power == 1 {
				return false // all powers seen
			}
		}
	}
	return true
}

// WithKeyID returns the same key under another key ID; with the empty one, tokens
// need not name it.
func (k *RSAPublicKey) WithKeyID(kid string) *RSAPublicKey {
	if k == nil {
		return nil
	}
	return &RSAPublicKey{kid: kid, key: k.key}
}

// Algorithm returns RS256.
func (k *RSAPublicKey) Algorithm() Algorithm { return RS256 }

// KeyID returns the kid that tokens must name, or the empty string.
func (k *RSAPublicKey) KeyID() string {
	if k == nil {
		return ""
	}
	return k.kid
}

func (k *RSAPublicKey) verify(signed string, signature []byte) error {
	if k == nil || k.key == nil {
		return fmt.Errorf("%w: RSA public key is empty", ErrKey)
	}
	digest := sha256.Sum256([]byte(signed))
	if rsa.VerifyPKCS1v15(k.key, crypto.SHA256, digest[:], signature) != nil {
		return ErrSignature
	}
	return nil
}
