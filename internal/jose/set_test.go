//lint:file-ignore SA1019 the tests make keys that crypto/ecdsa itself would not make

package jose_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/jose"
)

// coordinates returns x and y of a new key, each of 32 bytes.
func coordinates(t *testing.T) (x, y []byte) {
	t.Helper()
	k := newECDSA(t)
	return k.X.FillBytes(make([]byte, 32)), k.Y.FillBytes(make([]byte, 32))
}

func ecJWK(x, y []byte, extra string) string {
	e := base64.RawURLEncoding
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"%s","y":"%s"%s}`, e.EncodeToString(x), e.EncodeToString(y), extra)
}

// TestParseSetDrops puts each bad key between two good ones.
func TestParseSetDrops(t *testing.T) {
	t.Parallel()
	x, y := coordinates(t)
	good := ecJWK(x, y, `,"kid":"good"`)
	x2, y2 := coordinates(t)
	last := ecJWK(x2, y2, `,"kid":"last","use":"sig","alg":"ES256","key_ops":["verify"],"ext":true,"x5t":"a"`)
	off := append([]byte(nil), y...)
	off[31] ^= 1
	e := base64.RawURLEncoding
	for name, bad := range map[string]string{
		"not an object":   `"key"`,
		"null":            `null`,
		"empty":           `{}`,
		"oct":             `{"kty":"oct","kid":"b","k":"AAAA"}`,
		"RSA":             `{"kty":"RSA","kid":"b","n":"AQAB","e":"AQAB"}`,
		"OKP":             `{"kty":"OKP","crv":"Ed25519","kid":"b","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
		"private":         ecJWK(x, y, `,"kid":"b","d":"AQ"`),
		"alg ES384":       ecJWK(x, y, `,"kid":"b","alg":"ES384"`),
		"alg null":        ecJWK(x, y, `,"kid":"b","alg":null`),
		"use enc":         ecJWK(x, y, `,"kid":"b","use":"enc"`),
		"key_ops sign":    ecJWK(x, y, `,"kid":"b","key_ops":["sign"]`),
		"key_ops empty":   ecJWK(x, y, `,"kid":"b","key_ops":[]`),
		"key_ops string":  ecJWK(x, y, `,"kid":"b","key_ops":"verify"`),
		"no kid":          ecJWK(x, y, ``),
		"kid empty":       ecJWK(x, y, `,"kid":""`),
		"kid number":      ecJWK(x, y, `,"kid":1`),
		"kid long":        ecJWK(x, y, `,"kid":"`+strings.Repeat("k", 257)+`"`),
		"member twice":    ecJWK(x, y, `,"kid":"b","kid":"c"`),
		"kty case":        strings.Replace(ecJWK(x, y, `,"kid":"b"`), "EC", "ec", 1),
		"KTY only":        strings.Replace(ecJWK(x, y, `,"kid":"b"`), "kty", "KTY", 1),
		"crv P-384":       strings.Replace(ecJWK(x, y, `,"kid":"b"`), "P-256", "P-384", 1),
		"no crv":          strings.Replace(ecJWK(x, y, `,"kid":"b"`), "crv", "kurve", 1),
		"off the curve":   ecJWK(x, off, `,"kid":"b"`),
		"zero point":      ecJWK(make([]byte, 32), make([]byte, 32), `,"kid":"b"`),
		"x empty":         ecJWK(nil, y, `,"kid":"b"`),
		"x of 30 bytes":   ecJWK(x[2:], y, `,"kid":"b"`),
		"x of 33 bytes":   ecJWK(append([]byte{1}, x...), y, `,"kid":"b"`),
		"x of 34 bytes":   ecJWK(append([]byte{0, 0}, x...), y, `,"kid":"b"`),
		"x padded base64": `{"kty":"EC","crv":"P-256","kid":"b","x":"` + e.EncodeToString(x) + `=","y":"` + e.EncodeToString(y) + `"}`,
		"x standard base64": `{"kty":"EC","crv":"P-256","kid":"b","x":"` + strings.Repeat("+", 43) + `","y":"` +
			e.EncodeToString(y) + `"}`,
		"x line break": `{"kty":"EC","crv":"P-256","kid":"b","x":"\n` + e.EncodeToString(x) + `","y":"` + e.EncodeToString(y) + `"}`,
		"x number":     `{"kty":"EC","crv":"P-256","kid":"b","x":1,"y":"` + e.EncodeToString(y) + `"}`,
	} {
		set, err := jose.ParseSet([]byte(`{"keys":[` + good + `,` + bad + `,` + last + `]}`))
		if err != nil {
			t.Errorf("%s: the whole set was refused: %v", name, err)
			continue
		}
		_, isGood := set.Key("good")
		_, isLast := set.Key("last")
		if len(set.Keys()) != 2 || !isGood || !isLast {
			t.Errorf("%s: %d keys are left, dropped %v", name, len(set.Keys()), set.Dropped())
		}
		if d := set.Dropped(); len(d) != 1 || !errors.Is(d[0], jose.ErrKey) || !strings.Contains(d[0].Error(), "key 1") {
			t.Errorf("%s: dropped %v", name, d)
		}
	}
}

func TestParseSetRefuses(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"empty":         ``,
		"array":         `[]`,
		"no keys":       `{"key":[]}`,
		"keys object":   `{"keys":{}}`,
		"keys null":     `{"keys":null}`,
		"keys twice":    `{"keys":[],"keys":[]}`,
		"KEYS":          `{"KEYS":[]}`,
		"cut":           `{"keys":[`,
		"trailing data": `{"keys":[]} {}`,
		"one JWK":       `{"kty":"EC"}`,
		"HTML":          `<html>`,
		"too long":      `{"keys":[]` + strings.Repeat(" ", jose.MaxSet) + `}`,
	} {
		set, err := jose.ParseSet([]byte(data))
		if !errors.Is(err, jose.ErrMalformed) || len(set.Keys())+len(set.Dropped()) != 0 {
			t.Errorf("%s: got %v, %v", name, set.Keys(), err)
		}
	}
}

// TestParseSetTwins drops every key of an ID that several have: one of them may be
// an attacker's, and nothing says which.
func TestParseSetTwins(t *testing.T) {
	t.Parallel()
	x, y := coordinates(t)
	x2, y2 := coordinates(t)
	set, err := jose.ParseSet([]byte(`{"keys":[` + ecJWK(x, y, `,"kid":"a"`) + `,` + ecJWK(x2, y2, `,"kid":"b"`) + `,` +
		ecJWK(x2, y2, `,"kid":"a"`) + `,` + ecJWK(x, y, `,"kid":"A"`) + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Key("a"); ok || len(set.Keys()) != 2 || len(set.Dropped()) != 2 {
		t.Errorf("kept %v, dropped %v", set.Keys(), set.Dropped())
	}
	if keys := set.Keys(); keys[0].KeyID() != "b" || keys[1].KeyID() != "A" {
		t.Errorf("order changed")
	}
}

// TestCoordinateLengths reads what writers of big integers make of a coordinate: a
// sign byte in front, as in LINE's own set, or a leading zero cut off.
func TestCoordinateLengths(t *testing.T) {
	t.Parallel()
	key := shortKey(t)
	x, y := key.X.FillBytes(make([]byte, 32)), key.Y.FillBytes(make([]byte, 32))
	want := ecJWK(x, y, "")
	signed := func(b []byte) []byte { return append([]byte{0}, b...) }
	for name, jwk := range map[string]string{
		"32 bytes":        ecJWK(x, y, `,"kid":"a"`),
		"x of 33 bytes":   ecJWK(signed(x), y, `,"kid":"a"`),
		"y of 33 bytes":   ecJWK(x, signed(y), `,"kid":"a"`),
		"both":            ecJWK(signed(x), signed(y), `,"kid":"a"`),
		"x of 31 bytes":   ecJWK(x[1:], y, `,"kid":"a"`),
		"31 and 33 bytes": ecJWK(x[1:], signed(y), `,"kid":"a"`),
	} {
		set, err := jose.ParseSet([]byte(`{"keys":[` + jwk + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		k, ok := set.Key("a")
		if !ok {
			t.Errorf("%s: dropped: %v", name, set.Dropped())
			continue
		}
		got, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		var a, b map[string]string
		if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(want), &b) != nil || a["x"] != b["x"] || a["y"] != b["y"] {
			t.Errorf("%s: written again as %s, want %s", name, got, want)
		}
	}
}

// shortKey makes a key whose x starts with a zero byte.
func shortKey(t *testing.T) *ecdsa.PublicKey {
	t.Helper()
	limit := new(big.Int).Lsh(big.NewInt(1), 248)
	for range 100_000 {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if k.X.Cmp(limit) < 0 {
			return &k.PublicKey
		}
	}
	t.Fatal("no key with a short x found")
	return nil
}

func TestSetMarshal(t *testing.T) {
	t.Parallel()
	a, b := newKey(t, "a").Public(), newKey(t, `b"\`).Public()
	set, err := jose.NewSet(a, b)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(data), `{"keys":[{"kty":"EC","alg":"ES256","use":"sig","kid":"a","crv":"P-256","x":"`) {
		t.Errorf("member order: %s", data)
	}
	back, err := jose.ParseSet(data)
	if err != nil || len(back.Keys()) != 2 || len(back.Dropped()) != 0 {
		t.Fatalf("read back: %v, dropped %v", err, back.Dropped())
	}
	if again, err := json.Marshal(back); err != nil || string(again) != string(data) {
		t.Errorf("read back and written: %s, %v; want %s", again, err, data)
	}
	set.Keys()[0] = b
	if k, ok := set.Key("a"); !ok || k != a || set.Keys()[0] != a {
		t.Errorf("the set changed with the slice that Keys returned")
	}
	if data, err := json.Marshal(jose.Set{}); err != nil || string(data) != `{"keys":[]}` {
		t.Errorf("zero set: %s, %v", data, err)
	}
	if data, err := json.Marshal(new(jose.PublicKey)); err == nil {
		t.Errorf("zero key was written: %s", data)
	}
}
