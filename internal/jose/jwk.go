package jose

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// jwk holds the members of a JSON Web Key that matter here.
type jwk struct {
	kty, crv, kid string
	x, y, n, e    []byte
}

// parseJWK reads a JWK (RFC 7517 section 4) meant to verify signatures of alg.
// Private members are refused: such a key was never meant to be here.
func parseJWK(text, kty string, alg Algorithm) (jwk, error) {
	var k jwk
	err := ScanText(text, func(name string, v Value) (err error) {
		switch name {
		case "kty":
			k.kty, err = v.String()
		case "crv":
			k.crv, err = v.String()
		case "kid":
			k.kid, err = v.String()
		case "alg":
			err = jwkWord(v, alg.String())
		case "use":
			err = jwkWord(v, "sig")
		case "key_ops":
			err = jwkOperations(v)
		case "x":
			k.x, err = jwkBytes(v)
		case "y":
			k.y, err = jwkBytes(v)
		case "n":
			k.n, err = jwkBytes(v)
		case "e":
			k.e, err = jwkBytes(v)
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
			err = fmt.Errorf("%w: member %s is of a private or symmetric key", ErrKey, name)
		}
		return err
	})
	if err != nil {
		return jwk{}, fmt.Errorf("%w: JWK: %w", ErrKey, err)
	}
	if k.kty != kty {
		return jwk{}, fmt.Errorf("%w: JWK: kty is not %s", ErrKey, kty)
	}
	return k, nil
}

func jwkWord(v Value, want string) error {
	got, err := v.String()
	if err == nil && got != want {
		err = fmt.Errorf("%w: alg or use is not %s", ErrKey, want)
	}
	return err
}

func jwkOperations(v Value) error {
	ops, err := v.Strings()
	if err == nil && !slices.Contains(ops, "verify") {
		err = fmt.Errorf("%w: key_ops has no verify", ErrKey)
	}
	return err
}

func jwkBytes(v Value) ([]byte, error) {
	text, err := v.String()
	if err != nil {
		return nil, err
	}
	return decodeSegment("number", text)
}

// parsePublicJWK makes a PublicKey of an EC JWK on P-256 (RFC 7518 section 6.2).
func parsePublicJWK(text string) (*PublicKey, error) {
	k, err := parseJWK(text, "EC", ES256)
	if err != nil {
		return nil, err
	}
	if k.crv != "P-256" {
		return nil, fmt.Errorf("%w: crv is not P-256", ErrKey)
	}
	point := make([]byte, 1, 1+2*coordinateSize)
	point[0] = 4 // uncompressed, SEC 1 section 2.3.3
	for _, c := range [][]byte{k.x, k.y} {
		if point, err = appendCoordinate(point, c); err != nil {
			return nil, err
		}
	}
	return publicKeyFromPoint(k.kid, point)
}

// appendCoordinate appends c with exactly 32 bytes. RFC 7518 section 6.2.1.2 wants
// that length on the wire, but LINE's JWK Set has carried coordinates with a sign
// byte 00 in front, and writers of big integers drop leading zeros. Neither makes
// another number of it, and the point must be on the curve in any case.
func appendCoordinate(dst, c []byte) ([]byte, error) {
	if len(c) < coordinateSize-1 || len(c) > coordinateSize+1 {
		return nil, fmt.Errorf("%w: coordinate of %d bytes", ErrKey, len(c))
	}
	if len(c) > coordinateSize && c[0] != 0 {
		return nil, fmt.Errorf("%w: coordinate longer than 32 bytes", ErrKey)
	}
	c = c[max(0, len(c)-coordinateSize):]
	dst = append(dst, make([]byte, coordinateSize-len(c))...)
	return append(dst, c...), nil
}

// MarshalJSON returns the key as a JWK with the members kty, alg, use, kid, crv, x,
// y. An empty key ID is left out; the zero key gives ErrKey.
func (k *PublicKey) MarshalJSON() ([]byte, error) {
	if k == nil || k.key == nil {
		return nil, fmt.Errorf("%w: public key is empty", ErrKey)
	}
	var b bytes.Buffer
	b.WriteString(`{"kty":"EC","alg":"ES256","use":"sig",`)
	if k.kid != "" {
		b.WriteString(`"kid":`)
		b.Write(AppendString(nil, k.kid))
		b.WriteByte(',')
	}
	b.WriteString(`"crv":"P-256","x":"` + k.x + `","y":"` + k.y + `"}`)
	return b.Bytes(), nil
}

// Thumbprint returns the SHA-256 of the key's RFC 7638 form as 64 lower-case hex
// digits, which is the shape of LINE's key IDs. ErrKey for a key that is not on
// P-256.
func Thumbprint(k *ecdsa.PublicKey) (string, error) {
	p, err := NewPublicKey("", k)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + p.x + `","y":"` + p.y + `"}`))
	return hex.EncodeToString(sum[:]), nil
}
