package jose

import "fmt"

// Algorithm is a signature algorithm of RFC 7518 section 3. The zero value is
// invalid and equals no key's algorithm.
type Algorithm uint8

const (
	// ES256 is ECDSA on P-256 with SHA-256; signatures are 64 bytes, R then S.
	ES256 Algorithm = iota + 1
	// HS256 is HMAC with SHA-256; tags are 32 bytes.
	HS256
	// RS256 is RSASSA-PKCS1-v1_5 with SHA-256. It is verified, never signed.
	RS256
)

// String returns the name as it stands in the alg header member, or "invalid".
func (a Algorithm) String() string {
	switch a {
	case ES256:
		return "ES256"
	case HS256:
		return "HS256"
	case RS256:
		return "RS256"
	default:
		return "invalid"
	}
}

// parseAlgorithm maps the alg member to an Algorithm: exact case, and "none" is as
// unknown as any other word.
func parseAlgorithm(name string) (Algorithm, error) {
	switch name {
	case "ES256":
		return ES256, nil
	case "HS256":
		return HS256, nil
	case "RS256":
		return RS256, nil
	default:
		return 0, fmt.Errorf("%w: not ES256, HS256 or RS256", ErrAlgorithm)
	}
}

// acceptsSignature reports whether n bytes can be a signature of this algorithm.
func (a Algorithm) acceptsSignature(n int) bool {
	switch a {
	case ES256:
		return n == 2*coordinateSize
	case HS256:
		return n == macSize
	case RS256:
		return n >= minRSABits/8 && n <= maxRSABits/8
	default:
		return false
	}
}
