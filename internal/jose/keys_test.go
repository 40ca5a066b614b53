//lint:file-ignore SA1019 the tests make keys that crypto/ecdsa itself would not make

package jose_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/jose"
)

// newKey makes a signing key of that ID.
func newKey(t testing.TB, kid string) *jose.PrivateKey {
	t.Helper()
	k, err := jose.NewPrivateKey(kid, newECDSA(t))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newECDSA(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const testSecret = "an HS256 secret of forty bytes, for test"

func newMAC(t testing.TB) *jose.MACKey {
	t.Helper()
	k, err := jose.NewMACKey([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	es, mac := newKey(t, `k"1`), newMAC(t)
	payload := []byte(`{"sub":"U1"}`)
	for _, tc := range []struct {
		name, typ, header string
		sign              func(string, []byte) (string, error)
		key               jose.Key
	}{
		{"ES256", "JWT", `{"kid":"k\"1","typ":"JWT","alg":"ES256"}`, es.Sign, es.Public()},
		{"ES256 without typ", "", `{"kid":"k\"1","alg":"ES256"}`, es.Sign, es.Public()},
		{"ES256 without kid", "JWT", `{"typ":"JWT","alg":"ES256"}`, newKey(t, "").Sign, nil},
		{"HS256", "JWT", `{"typ":"JWT","alg":"HS256"}`, mac.Sign, mac},
		{"HS256 without typ", "", `{"alg":"HS256"}`, mac.Sign, mac},
	} {
		raw, err := tc.sign(tc.typ, payload)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		segment, _, _ := strings.Cut(raw, ".")
		if header, _ := base64.RawURLEncoding.DecodeString(segment); string(header) != tc.header {
			t.Errorf("%s: header %s, want %s", tc.name, header, tc.header)
		}
		token, err := jose.Parse(raw)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if tc.key == nil {
			continue
		}
		for range 2 { // a token may be verified again
			if got, err := token.Verify(tc.key); err != nil || !bytes.Equal(got, payload) {
				t.Errorf("%s: got %q, %v", tc.name, got, err)
			}
		}
		if want := (jose.Header{Algorithm: tc.key.Algorithm(), KeyID: tc.key.KeyID(), Type: tc.typ}); token.Header() != want {
			t.Errorf("%s: header %+v, want %+v", tc.name, token.Header(), want)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("x"), jose.MaxToken)
	es, mac := newKey(t, "k"), newMAC(t)
	for name, sign := range map[string]func(string, []byte) (string, error){"ES256": es.Sign, "HS256": mac.Sign} {
		if raw, err := sign("JWT", long); raw != "" || !errors.Is(err, jose.ErrMalformed) {
			t.Errorf("%s: a token too long for Parse gave %v", name, err)
		}
		if raw, err := sign("\xff", nil); raw != "" || !errors.Is(err, jose.ErrMalformed) {
			t.Errorf("%s: a typ that is not UTF-8 gave %v", name, err)
		}
	}
	for name, sign := range map[string]func(string, []byte) (string, error){
		"zero private": new(jose.PrivateKey).Sign, "nil private": (*jose.PrivateKey)(nil).Sign,
		"zero MAC": new(jose.MACKey).Sign, "nil MAC": (*jose.MACKey)(nil).Sign,
	} {
		if raw, err := sign("JWT", nil); raw != "" || !errors.Is(err, jose.ErrKey) {
			t.Errorf("%s: got %q, %v", name, raw, err)
		}
	}
}

func TestNewKeyRefuses(t *testing.T) {
	t.Parallel()
	good, other := newECDSA(t), newECDSA(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	off := &ecdsa.PublicKey{Curve: elliptic.P256(), X: good.X, Y: new(big.Int).Add(good.Y, big.NewInt(1))}
	long := strings.Repeat("k", 257)
	for name, build := range map[string]func() (any, error){
		"nil public":     func() (any, error) { return jose.NewPublicKey("k", nil) },
		"public P-384":   func() (any, error) { return jose.NewPublicKey("k", &p384.PublicKey) },
		"no coordinates": func() (any, error) { return jose.NewPublicKey("k", &ecdsa.PublicKey{Curve: elliptic.P256()}) },
		"generic curve": func() (any, error) {
			return jose.NewPublicKey("k", &ecdsa.PublicKey{Curve: elliptic.P256().Params(), X: good.X, Y: good.Y})
		},
		"off the curve":    func() (any, error) { return jose.NewPublicKey("k", off) },
		"long key ID":      func() (any, error) { return jose.NewPublicKey(long, &good.PublicKey) },
		"key ID not UTF-8": func() (any, error) { return jose.NewPublicKey("\xff", &good.PublicKey) },
		"nil private":      func() (any, error) { return jose.NewPrivateKey("k", nil) },
		"private P-384":    func() (any, error) { return jose.NewPrivateKey("k", p384) },
		"no scalar":        func() (any, error) { return jose.NewPrivateKey("k", &ecdsa.PrivateKey{PublicKey: good.PublicKey}) },
		"scalar zero": func() (any, error) {
			return jose.NewPrivateKey("k", &ecdsa.PrivateKey{PublicKey: good.PublicKey, D: new(big.Int)})
		},
		"scalar n": func() (any, error) {
			return jose.NewPrivateKey("k", &ecdsa.PrivateKey{PublicKey: good.PublicKey, D: elliptic.P256().Params().N})
		},
		"halves of two keys": func() (any, error) {
			return jose.NewPrivateKey("k", &ecdsa.PrivateKey{PublicKey: other.PublicKey, D: good.D})
		},
		"private long ID":  func() (any, error) { return jose.NewPrivateKey(long, good) },
		"empty secret":     func() (any, error) { return jose.NewMACKey(nil) },
		"short secret":     func() (any, error) { return jose.NewMACKey([]byte(testSecret)[:31]) },
		"set with nil":     func() (any, error) { return jose.NewSet(nil) },
		"set with zero":    func() (any, error) { return jose.NewSet(new(jose.PublicKey)) },
		"set without ID":   func() (any, error) { return jose.NewSet(newKey(t, "").Public()) },
		"set with twins":   func() (any, error) { return jose.NewSet(newKey(t, "a").Public(), newKey(t, "a").Public()) },
		"thumbprint P-384": func() (any, error) { return jose.Thumbprint(&p384.PublicKey) },
	} {
		if got, err := build(); !errors.Is(err, jose.ErrKey) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

// TestKeysAreCopied changes what keys were made of.
func TestKeysAreCopied(t *testing.T) {
	t.Parallel()
	secret := []byte(testSecret)
	mac, err := jose.NewMACKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := newMAC(t).Sign("JWT", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	clear(secret)
	token, err := jose.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(mac); err != nil {
		t.Errorf("MAC key changed with the caller's secret: %v", err)
	}

	ec := newECDSA(t)
	key, err := jose.NewPrivateKey("k", ec)
	if err != nil {
		t.Fatal(err)
	}
	ec.X.SetInt64(1)
	ec.D.SetInt64(1)
	if raw, err = key.Sign("JWT", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if token, err = jose.Parse(raw); err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(key.Public()); err != nil {
		t.Errorf("private key changed with the caller's: %v", err)
	}
}

// TestSecretsStayHidden prints keys, and structs around them, in every way that a
// log line or a dump may take.
func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	ec := newECDSA(t)
	private, err := jose.NewPrivateKey("k", ec)
	if err != nil {
		t.Fatal(err)
	}
	mac := newMAC(t)
	scalar := ec.D.Bytes()
	secrets := []string{
		testSecret, testSecret[:16], fmt.Sprintf("%x", testSecret[:8]), fmt.Sprintf("%X", testSecret[:8]),
		strings.Trim(fmt.Sprint([]byte(testSecret[:8])), "[]"), base64.StdEncoding.EncodeToString([]byte(testSecret[:9])),
		ec.D.String(), fmt.Sprintf("%x", scalar), fmt.Sprintf("%X", scalar), strings.Trim(fmt.Sprint(scalar), "[]"),
		base64.RawURLEncoding.EncodeToString(scalar), strings.Trim(fmt.Sprint(ec.D.Bits()), "[]"),
	}
	type holder struct {
		P *jose.PrivateKey
		M *jose.MACKey
		p *jose.PrivateKey
		m *jose.MACKey
		v jose.PrivateKey
		w jose.MACKey
	}
	var log bytes.Buffer
	for _, v := range []any{
		private, mac, *private, *mac,
		[]any{private, mac},
		map[string]any{"k": *mac, "p": *private},
		holder{private, mac, private, mac, *private, *mac},
		&holder{private, mac, private, mac, *private, *mac},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		data, err := json.Marshal(v)
		if err == nil {
			t.Errorf("%T was written as JSON: %s", v, data)
		}
		fmt.Fprintln(&log, err)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
	}
	for i, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("secret in form %d shows in:\n%s", i, log.String())
		}
	}
	for _, v := range []any{private, mac, *private, *mac} {
		for _, verb := range []string{"%v", "%#v"} {
			if got := fmt.Sprintf(verb, v); !strings.Contains(got, jose.SecretMark) {
				t.Errorf("%s of %T does not say that something was left out: %s", verb, v, got)
			}
		}
	}
}

func TestRSAKeyRefuses(t *testing.T) {
	t.Parallel()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	n := base64.RawURLEncoding.EncodeToString(k.N.Bytes())
	jwk := func(extra string) []byte { return []byte(`{"kty":"RSA","n":"` + n + `","e":"AQAB"` + extra + `}`) }
	for name, data := range map[string][]byte{
		"private":        jwk(`,"d":"AQ"`),
		"alg":            jwk(`,"alg":"PS256"`),
		"use":            jwk(`,"use":"enc"`),
		"key_ops":        jwk(`,"key_ops":["sign"]`),
		"key_ops string": jwk(`,"key_ops":"verify"`),
		"kid number":     jwk(`,"kid":1`),
		"kid long":       jwk(`,"kid":"` + strings.Repeat("k", 257) + `"`),
		"twice":          jwk(`,"e":"AQAB"`),
		"kty":            []byte(`{"kty":"rsa","n":"` + n + `","e":"AQAB"}`),
		"no e":           []byte(`{"kty":"RSA","n":"` + n + `"}`),
		"e 3":            []byte(`{"kty":"RSA","n":"` + n + `","e":"Aw"}`),
		"e even":         []byte(`{"kty":"RSA","n":"` + n + `","e":"AQAA"}`),
		"e large":        []byte(`{"kty":"RSA","n":"` + n + `","e":"AQAAAAE"}`),
		"e padded":       []byte(`{"kty":"RSA","n":"` + n + `","e":"AQAB="}`),
		"n line break":   []byte(`{"kty":"RSA","n":"` + n[:9] + `\n` + n[9:] + `","e":"AQAB"}`),
		"n even":         []byte(`{"kty":"RSA","n":"` + base64.RawURLEncoding.EncodeToString(new(big.Int).Add(k.N, big.NewInt(1)).Bytes()) + `","e":"AQAB"}`),
		"n short":        []byte(`{"kty":"RSA","n":"` + n[:320] + `","e":"AQAB"}`),
		"n long":         []byte(`{"kty":"RSA","n":"` + n + n[:340] + `AB","e":"AQAB"}`),
		"huge":           bytes.Repeat([]byte(" "), jose.MaxToken+1),
		"not JSON":       []byte(`{"kty":"RSA"`),
	} {
		if key, err := jose.ParseRSAPublicJWK(data); key != nil || !errors.Is(err, jose.ErrKey) {
			t.Errorf("%s: got %v, %v", name, key, err)
		}
	}
	key, err := jose.ParseRSAPublicJWK(jwk(`,"kid":"a","alg":"RS256","use":"sig","key_ops":["verify"],"ext":true`))
	if err != nil {
		t.Fatal(err)
	}
	if key.KeyID() != "a" || key.WithKeyID("b").KeyID() != "b" || key.KeyID() != "a" {
		t.Errorf("key IDs %q, %q", key.KeyID(), key.WithKeyID("b").KeyID())
	}
}
