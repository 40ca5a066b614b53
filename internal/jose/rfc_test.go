package jose_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/tegata-id/tegata/internal/jose"
)

type example struct {
	Name    string                     `json:"name"`
	Alg     string                     `json:"alg"`
	JWK     map[string]json.RawMessage `json:"jwk"`
	JWS     string                     `json:"jws"`
	Payload string                     `json:"payload_utf8"`
}

func readExamples(t testing.TB) []example {
	t.Helper()
	data, err := os.ReadFile("testdata/rfc-examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Examples []example `json:"examples"`
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f.Examples
}

// TestRFCExamples verifies the tokens printed in RFC 7515 A.1 and A.3, and refuses
// those of algorithms that do not exist here (A.5 none, RFC 8037 A.4 EdDSA).
func TestRFCExamples(t *testing.T) {
	t.Parallel()
	accepted, refused := 0, 0
	for _, e := range readExamples(t) {
		if e.Alg != "HS256" && e.Alg != "ES256" {
			if _, err := jose.Parse(e.JWS); !errors.Is(err, jose.ErrAlgorithm) {
				t.Errorf("%s: got %v, want ErrAlgorithm", e.Name, err)
			}
			refused++
			continue
		}
		if e.Alg == "ES256" {
			delete(e.JWK, "d")
			e.JWK["kid"] = json.RawMessage(`"a"`)
		}
		jwk, err := json.Marshal(e.JWK)
		if err != nil {
			t.Fatal(err)
		}
		// The examples name no key, so the EC key is used without its ID.
		payload, err := verifyExample(e, jwk)
		if err != nil || string(payload) != e.Payload {
			t.Errorf("%s: got %q, %v", e.Name, payload, err)
		}
		accepted++
	}
	if accepted != 2 || refused != 2 {
		t.Errorf("%d accepted, %d refused; want 2, 2", accepted, refused)
	}
}

func verifyExample(e example, jwk json.RawMessage) ([]byte, error) {
	if e.Alg == "HS256" {
		return verifyWith(e.JWS, jwk)
	}
	set, err := jose.ParseSet([]byte(`{"keys":[` + string(jwk) + `]}`))
	if err != nil {
		return nil, err
	}
	key, ok := set.Key("a")
	if !ok {
		return nil, errors.Join(set.Dropped()...)
	}
	token, err := jose.Parse(e.JWS)
	if err != nil {
		return nil, err
	}
	if _, err := token.Verify(key); !errors.Is(err, jose.ErrUnknownKey) {
		return nil, errors.New("a token without kid passed a key with one")
	}
	return token.Verify(jose.WithoutKeyID(key))
}
