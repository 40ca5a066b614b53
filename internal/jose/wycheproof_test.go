package jose_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"testing"

	"github.com/c2sp/wycheproof"

	"github.com/tegata-id/tegata/internal/jose"
)

// vectorFile is the part of a Wycheproof file that the tests here read.
type vectorFile struct {
	NumberOfTests int `json:"numberOfTests"`
	TestGroups    []struct {
		Comment   string          `json:"comment"`
		Public    json.RawMessage `json:"public"`
		Private   json.RawMessage `json:"private"`
		PublicKey struct {
			Uncompressed string `json:"uncompressed"`
		} `json:"publicKey"`
		TagSize int      `json:"tagSize"`
		Tests   []vector `json:"tests"`
	} `json:"testGroups"`
}

type vector struct {
	ID      int             `json:"tcId"`
	Comment string          `json:"comment"`
	Result  string          `json:"result"`
	JWS     json.RawMessage `json:"jws"`
	Message string          `json:"msg"`
	Sig     string          `json:"sig"`
	Key     string          `json:"key"`
	Tag     string          `json:"tag"`
}

// token returns the JWS; one that is a JSON object stays its text.
func (v vector) token() string {
	var s string
	if json.Unmarshal(v.JWS, &s) == nil {
		return s
	}
	return string(v.JWS)
}

// anyJWK is a JWK read without care, as a measure for the strict one.
type anyJWK struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	Algorithm string `json:"alg"`
	K         string `json:"k"`
	N         string `json:"n"`
}

func readVectors(t testing.TB, name string, want int) vectorFile {
	t.Helper()
	data, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	if f.NumberOfTests != want {
		t.Fatalf("%s holds %d cases, want %d", name, f.NumberOfTests, want)
	}
	return f
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// verifyWith runs a token through the library with a key given as JWK, as a relying
// party would: EC keys from a set by the token's kid, RSA and octet keys alone.
func verifyWith(raw string, jwk json.RawMessage) ([]byte, error) {
	token, err := jose.Parse(raw)
	if err != nil {
		return nil, err
	}
	var k anyJWK
	if err := json.Unmarshal(jwk, &k); err != nil {
		return nil, err
	}
	switch k.Type {
	case "oct":
		secret, err := base64.RawURLEncoding.DecodeString(k.K)
		if err != nil {
			return nil, err
		}
		key, err := jose.NewMACKey(secret)
		if err != nil {
			return nil, err
		}
		return token.Verify(key)
	case "RSA":
		key, err := jose.ParseRSAPublicJWK(jwk)
		if err != nil {
			return nil, err
		}
		return token.Verify(key)
	default:
		set, err := jose.ParseSet(fmt.Appendf(nil, `{"keys":[%s]}`, jwk))
		if err != nil {
			return nil, err
		}
		key, ok := set.Key(token.Header().KeyID)
		if !ok {
			return nil, errors.Join(append(set.Dropped(), jose.ErrUnknownKey)...)
		}
		return token.Verify(key)
	}
}

// defective names the cases of json_web_signature_test.json whose verdict
// contradicts their own bytes.
var defective = map[int]string{
	367: "byte for byte the valid case 357, yet called invalid",
	370: "byte for byte the valid case 357, yet called invalid",
	372: "has ? inside the header segment, which is no base64url, yet called valid",
	373: "has ? inside the payload segment, which is no base64url, yet called valid",
}

func TestWycheproofJWS(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	tokens := map[int]string{}
	for _, g := range readVectors(t, "json_web_signature_test.json", 401).TestGroups {
		jwk := g.Public
		if jwk == nil {
			jwk = g.Private
		}
		var k anyJWK
		if err := json.Unmarshal(jwk, &k); err != nil {
			t.Fatal(err)
		}
		kind := k.Algorithm
		if kind == "" && k.Curve == "P-256" {
			kind = "ES256"
		}
		if kind == "" && k.Type == "RSA" {
			kind = "RS256"
		}
		if kind != "ES256" && kind != "HS256" && kind != "RS256" {
			continue
		}
		for _, v := range g.Tests {
			tokens[v.ID] = v.token()
			valid := v.Result == "valid"
			if defective[v.ID] != "" {
				valid = !valid
				count["defective"]++
			}
			payload, err := verifyWith(v.token(), jwk)
			if (err == nil) != valid {
				t.Errorf("case %d %s (%s): error %v, want valid %v", v.ID, v.Comment, g.Comment, err, valid)
			}
			if err != nil && payload != nil {
				t.Errorf("case %d: payload beside an error", v.ID)
			}
			count[kind]++
			count["accepted "+kind] += map[bool]int{true: 1}[err == nil]
		}
	}
	for _, id := range []int{367, 370} {
		if tokens[id] != tokens[357] {
			t.Errorf("case %d is no longer defective: it differs from 357", id)
		}
	}
	want := map[string]int{
		"ES256": 41, "HS256": 40, "RS256": 235, "defective": 4,
		"accepted ES256": 2, "accepted HS256": 10, "accepted RS256": 8,
	}
	if !maps.Equal(count, want) {
		t.Errorf("ran and accepted %v, want %v", count, want)
	}
}

func TestWycheproofJWK(t *testing.T) {
	t.Parallel()
	// Sets hold ES256 keys only, so no case of this file gets a key from a set; the
	// valid ones of our algorithms verify with their key alone.
	alone := map[int]bool{2: true, 5: true, 13: true}
	ran, accepted := 0, 0
	for _, g := range readVectors(t, "json_web_key_test.json", 26).TestGroups {
		jwks := g.Public
		if jwks == nil {
			jwks = g.Private
		}
		var keys struct {
			Keys []json.RawMessage `json:"keys"`
		}
		if err := json.Unmarshal(jwks, &keys); err != nil {
			t.Fatal(err)
		}
		for _, v := range g.Tests {
			ran++
			set, err := jose.ParseSet(jwks)
			if err != nil {
				t.Errorf("case %d: the whole set was refused: %v", v.ID, err)
			}
			if token, err := jose.Parse(v.token()); err == nil {
				if key, ok := set.Key(token.Header().KeyID); ok {
					t.Errorf("case %d %s: the set holds a key for the token: %v", v.ID, v.Comment, key.KeyID())
				}
			}
			if len(set.Keys())+len(set.Dropped()) != len(keys.Keys) {
				t.Errorf("case %d: %d kept and %d dropped of %d", v.ID, len(set.Keys()), len(set.Dropped()), len(keys.Keys))
			}
			// Cases 1 and 4 are about sets; each of their keys alone is fine.
			if v.ID == 1 || v.ID == 4 || v.ID == 25 || v.ID == 26 {
				continue
			}
			if _, err := verifyWith(v.token(), keys.Keys[0]); (err == nil) != alone[v.ID] {
				t.Errorf("case %d %s: error %v, want valid %v", v.ID, v.Comment, err, alone[v.ID])
			} else if err == nil {
				accepted++
			}
		}
	}
	if ran != 26 || accepted != len(alone) {
		t.Errorf("ran %d cases, %d accepted; want 26, %d", ran, accepted, len(alone))
	}
}

func wycheproofKey(t *testing.T, uncompressed string) *jose.PublicKey {
	t.Helper()
	point, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), unhex(t, uncompressed))
	if err != nil {
		t.Fatal(err)
	}
	key, err := jose.NewPublicKey("", point)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestWycheproofP1363(t *testing.T) {
	t.Parallel()
	valid, invalid := 0, 0
	for _, g := range readVectors(t, "ecdsa_secp256r1_sha256_p1363_test.json", 262).TestGroups {
		key := wycheproofKey(t, g.PublicKey.Uncompressed)
		for _, v := range g.Tests {
			err := jose.VerifyBytes(key, unhex(t, v.Message), unhex(t, v.Sig))
			switch {
			case v.Result == "valid" && err == nil:
				valid++
			case v.Result == "invalid" && errors.Is(err, jose.ErrSignature):
				invalid++
			default:
				t.Errorf("case %d %s (%s): error %v", v.ID, v.Comment, v.Result, err)
			}
		}
	}
	if valid != 173 || invalid != 89 {
		t.Errorf("%d valid and %d invalid cases held, want 173 and 89", valid, invalid)
	}
}

// TestWycheproofDER feeds DER signatures, good ones too, where R and S are wanted.
func TestWycheproofDER(t *testing.T) {
	t.Parallel()
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + ".e30."
	refused := 0
	for _, g := range readVectors(t, "ecdsa_secp256r1_sha256_test.json", 484).TestGroups {
		key := wycheproofKey(t, g.PublicKey.Uncompressed)
		for _, v := range g.Tests {
			sig := unhex(t, v.Sig)
			verifyErr := jose.VerifyBytes(key, unhex(t, v.Message), sig)
			_, parseErr := jose.Parse(head + base64.RawURLEncoding.EncodeToString(sig))
			if !errors.Is(verifyErr, jose.ErrSignature) || !errors.Is(parseErr, jose.ErrMalformed) {
				t.Errorf("case %d %s: DER signature gave %v, %v", v.ID, v.Comment, verifyErr, parseErr)
			}
			refused++
		}
	}
	if refused != 484 {
		t.Errorf("ran %d cases, want 484", refused)
	}
}

func TestWycheproofHMAC(t *testing.T) {
	t.Parallel()
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + ".e30."
	count := map[string]int{}
	for _, g := range readVectors(t, "hmac_sha256_test.json", 174).TestGroups {
		for _, v := range g.Tests {
			secret, tag := unhex(t, v.Key), unhex(t, v.Tag)
			key, err := jose.NewMACKey(secret)
			if len(secret) < 32 {
				if !errors.Is(err, jose.ErrKey) || key != nil {
					t.Errorf("case %d: secret of %d bytes gave %v", v.ID, len(secret), err)
				}
				count["short key"]++
				continue
			}
			if err != nil {
				t.Fatalf("case %d: %v", v.ID, err)
			}
			err = jose.VerifyBytes(key, unhex(t, v.Message), tag)
			if len(tag) < 32 {
				_, parseErr := jose.Parse(head + base64.RawURLEncoding.EncodeToString(tag))
				if !errors.Is(err, jose.ErrSignature) || !errors.Is(parseErr, jose.ErrMalformed) {
					t.Errorf("case %d: tag of %d bytes gave %v, %v", v.ID, len(tag), err, parseErr)
				}
				count["short tag"]++
				continue
			}
			if valid := v.Result == "valid"; (err == nil) != valid || err != nil && !errors.Is(err, jose.ErrSignature) {
				t.Errorf("case %d %s (%s): %v", v.ID, v.Comment, v.Result, err)
			}
			count[v.Result]++
		}
	}
	want := map[string]int{"short key": 6, "short tag": 84, "valid": 30, "invalid": 54}
	for what, n := range want {
		if count[what] != n {
			t.Errorf("%s: %d cases, want %d", what, count[what], n)
		}
	}
}
