package tegata_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/c2sp/wycheproof"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/idtoken"
)

// vectors is the part of a Wycheproof file that the tests here read.
type vectors struct {
	TestGroups []struct {
		Public  json.RawMessage `json:"public"`
		Private json.RawMessage `json:"private"`
		Tests   []struct {
			ID      int             `json:"tcId"`
			Comment string          `json:"comment"`
			Result  string          `json:"result"`
			JWS     json.RawMessage `json:"jws"`
		} `json:"tests"`
	} `json:"testGroups"`
}

func readVectors(t *testing.T, name string) vectors {
	t.Helper()
	data, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// text returns a vector's token; one that is a JSON object stays its text.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// Where the way of a vector's token ends.
const (
	pastSignature = "past the signature"
	noVerifier    = "no verifier for such a secret"
)

// wayOf gives a vector's token to a verifier whose platform publishes set, or whose
// channel has the secret. The payloads are none of ID tokens, so all are refused in the end;
// what is asked is where. Past the signature means that it was found good.
func wayOf(t *testing.T, set string, secret []byte, raw string) string {
	t.Helper()
	cfg := tegata.Config{ChannelID: channelID, Transport: &certsOnly{set: set}, Now: func() time.Time { return clock }}
	if secret != nil {
		cfg.KeyTypes, cfg.ChannelSecret = tegata.HS256, tegata.Secret(secret)
	}
	v, err := tegata.New(cfg)
	if err != nil {
		if len(secret) >= 32 || !strings.Contains(err.Error(), "Config.ChannelSecret") {
			t.Errorf("New: %v", err)
		}
		return noVerifier
	}
	token, err := v.IDToken(t.Context(), raw)
	if err == nil || token != nil {
		t.Errorf("%.60s…: let in as %+v", raw, token)
	}
	if errors.Is(err, idtoken.ErrMalformed) {
		return pastSignature
	}
	return tegata.Reason(err)
}

// TestWycheproofJWS carries the vectors of ES256 and HS256 through the public API.
func TestWycheproofJWS(t *testing.T) {
	t.Parallel()
	// The cases whose verdict contradicts their own bytes: 367 and 370 are, byte for
	// byte, the valid 357; 372 and 373 hold a ? where base64url has none.
	defective := map[int]bool{367: true, 370: true, 372: true, 373: true}
	got := map[string]int{}
	for _, g := range readVectors(t, "json_web_signature_test.json").TestGroups {
		jwk := g.Public
		if jwk == nil {
			jwk = g.Private
		}
		var k struct{ Kty, Crv, Alg, K string }
		if err := json.Unmarshal(jwk, &k); err != nil {
			t.Fatal(err)
		}
		var secret []byte
		switch {
		case k.Kty == "oct" && k.Alg == "HS256":
			var err error
			if secret, err = base64.RawURLEncoding.DecodeString(k.K); err != nil {
				t.Fatal(err)
			}
		case k.Kty == "EC" && (k.Alg == "ES256" || k.Alg == "" && k.Crv == "P-256"):
		default:
			continue
		}
		kind := map[bool]string{true: "HS256 ", false: "ES256 "}[secret != nil]
		for _, v := range g.Tests {
			way := wayOf(t, `{"keys":[`+string(jwk)+`]}`, secret, text(v.JWS))
			if valid := (v.Result == "valid") != defective[v.ID]; (way == pastSignature) != valid {
				t.Errorf("case %d %s: %s, want valid %v", v.ID, v.Comment, way, valid)
			}
			got[kind+way]++
		}
	}
	want := map[string]int{
		"ES256 past the signature": 2, "ES256 signature": 19, "ES256 malformed": 16, "ES256 algorithm": 1, "ES256 unknown_key": 1,
		"ES256 unavailable":        2, // keys that are no good, so the platform has none
		"HS256 past the signature": 10, "HS256 signature": 4, "HS256 malformed": 25, "HS256 algorithm": 1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("the ways end %v, want %v", got, want)
	}
}

// TestWycheproofJWK serves the sets of the vectors, then takes each secret for that of
// the channel. The sets are about RSA, secrets and twins: no key of theirs is taken for
// a token. A channel secret has no JWK, so what the vectors 1, 4, 25 and 26 refuse of the
// set or of the JWK around a secret cannot be said here.
func TestWycheproofJWK(t *testing.T) {
	t.Parallel()
	got, valid := map[string]int{}, []int(nil)
	for _, g := range readVectors(t, "json_web_key_test.json").TestGroups {
		set := g.Public
		if set == nil {
			set = g.Private
		}
		for _, v := range g.Tests {
			way := wayOf(t, string(set), nil, text(v.JWS))
			if way == pastSignature {
				t.Errorf("case %d %s: a key of the set was taken", v.ID, v.Comment)
			}
			got[way]++
			for _, k := range keysOf(t, set) {
				if k.Kty != "oct" {
					continue
				}
				secret, err := base64.RawURLEncoding.DecodeString(k.K)
				if err != nil {
					t.Fatal(err)
				}
				way := wayOf(t, string(set), secret, text(v.JWS))
				got["secret: "+way]++
				if way == pastSignature {
					valid = append(valid, v.ID)
				}
			}
		}
	}
	want := map[string]int{
		"algorithm": 19, "malformed": 1, "unavailable": 6,
		"secret: past the signature": 6, "secret: signature": 4, "secret: algorithm": 4, "secret: " + noVerifier: 4,
	}
	if !maps.Equal(got, want) {
		t.Errorf("the ways end %v, want %v", got, want)
	}
	if want := []int{1, 2, 4, 13, 25, 26}; !slices.Equal(valid, want) {
		t.Errorf("the secrets of the cases %v are good for their tokens, want %v", valid, want)
	}
}

type vectorKey struct{ Kty, K string }

func keysOf(t *testing.T, set json.RawMessage) []vectorKey {
	t.Helper()
	var all struct{ Keys []vectorKey }
	if err := json.Unmarshal(set, &all); err != nil {
		t.Fatal(err)
	}
	return all.Keys
}
