package jose_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/jose"
)

func segment(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

var (
	sig64 = strings.Repeat("A", 86) // 64 zero bytes
	sig32 = strings.Repeat("A", 43)
)

// es makes a token of that header with a signature of the right length.
func es(header string) string { return segment(header) + ".e30." + sig64 }

// refusals has one case for each reason that Parse knows.
func refusals() []refusal {
	return []refusal{
		{"empty", "", jose.ErrMalformed},
		{"no dot", segment(`{"alg":"ES256"}`), jose.ErrMalformed},
		{"one dot", segment(`{"alg":"ES256"}`) + ".e30", jose.ErrMalformed},
		{"two dots only", "..", jose.ErrMalformed},
		{"four segments", es(`{"alg":"ES256"}`) + ".", jose.ErrMalformed},
		{"JWE", segment(`{"alg":"dir","enc":"A256GCM"}`) + "..AAAA.AAAA.AAAA", jose.ErrAlgorithm},
		{"too long", strings.Repeat("a", jose.MaxToken+1), jose.ErrMalformed},
		{"dots without end", strings.Repeat(".", jose.MaxToken), jose.ErrMalformed},
		{"JSON serialization", `{"payload":"e30","signatures":[]}`, jose.ErrMalformed},

		{"header not base64url", "e30+." + "e30." + sig64, jose.ErrMalformed},
		{"standard alphabet in payload", segment(`{"alg":"ES256"}`) + ".+/+/." + sig64, jose.ErrMalformed},
		{"padded payload", segment(`{"alg":"ES256"}`) + ".e30=." + sig64, jose.ErrMalformed},
		{"unused bits in payload", segment(`{"alg":"ES256"}`) + ".e31." + sig64, jose.ErrMalformed},
		{"unused bits in signature", segment(`{"alg":"ES256"}`) + ".e30." + sig64[:85] + "B", jose.ErrMalformed},
		{"one character too many", segment(`{"alg":"ES256"}`) + ".e30AA." + sig64, jose.ErrMalformed},
		{"line feed in payload", segment(`{"alg":"ES256"}`) + ".e3\n0." + sig64, jose.ErrMalformed},
		{"carriage return at the end", es(`{"alg":"ES256"}`) + "\r", jose.ErrMalformed},
		{"blank in front", " " + es(`{"alg":"ES256"}`), jose.ErrMalformed},
		{"blank behind", es(`{"alg":"ES256"}`) + " ", jose.ErrMalformed},
		{"NUL", es(`{"alg":"ES256"}`) + "\x00", jose.ErrMalformed},
		{"not ASCII", es(`{"alg":"ES256"}`)[:60] + "é", jose.ErrMalformed},

		{"no signature", segment(`{"alg":"ES256"}`) + ".e30.", jose.ErrMalformed},
		{"63 bytes", segment(`{"alg":"ES256"}`) + ".e30." + sig64[:84], jose.ErrMalformed},
		{"65 bytes", segment(`{"alg":"ES256"}`) + ".e30." + sig64 + "A", jose.ErrMalformed},
		{"96 bytes", segment(`{"alg":"ES256"}`) + ".e30." + strings.Repeat("A", 128), jose.ErrMalformed},
		{"132 bytes", segment(`{"alg":"ES256"}`) + ".e30." + strings.Repeat("A", 176), jose.ErrMalformed},
		{"short DER", segment(`{"alg":"ES256"}`) + ".e30.MAYCAQACAQA", jose.ErrMalformed},
		{"tag of 16 bytes", segment(`{"alg":"HS256"}`) + ".e30." + strings.Repeat("A", 22), jose.ErrMalformed},
		{"tag of 64 bytes", segment(`{"alg":"HS256"}`) + ".e30." + sig64, jose.ErrMalformed},
		{"RSA signature of 128 bytes", segment(`{"alg":"RS256"}`) + ".e30." + strings.Repeat("A", 171), jose.ErrMalformed},
		{"RSA signature of 513 bytes", segment(`{"alg":"RS256"}`) + ".e30." + strings.Repeat("A", 684), jose.ErrMalformed},

		{"header empty", es(``), jose.ErrMalformed},
		{"header array", es(`["alg","ES256"]`), jose.ErrMalformed},
		{"header string", es(`"ES256"`), jose.ErrMalformed},
		{"header twice", es(`{"alg":"ES256"}{"alg":"ES256"}`), jose.ErrMalformed},
		{"header with BOM", es("\ufeff" + `{"alg":"ES256"}`), jose.ErrMalformed},
		{"alg missing", es(`{}`), jose.ErrMalformed},
		{"alg twice", es(`{"alg":"ES256","alg":"ES256"}`), jose.ErrMalformed},
		{"alg twice, once escaped", es(`{"alg":"ES256","\u0061lg":"ES256"}`), jose.ErrMalformed},
		{"alg number", es(`{"alg":1}`), jose.ErrMalformed},
		{"alg null", es(`{"alg":null}`), jose.ErrMalformed},
		{"alg array", es(`{"alg":["ES256"]}`), jose.ErrMalformed},
		{"ALG only", es(`{"ALG":"ES256"}`), jose.ErrMalformed},
		{"alg none", es(`{"alg":"none"}`), jose.ErrAlgorithm},
		{"alg None", es(`{"alg":"None"}`), jose.ErrAlgorithm},
		{"alg empty", es(`{"alg":""}`), jose.ErrAlgorithm},
		{"alg es256", es(`{"alg":"es256"}`), jose.ErrAlgorithm},
		{"alg with blank", es(`{"alg":"ES256 "}`), jose.ErrAlgorithm},
		{"alg invalid", es(`{"alg":"invalid"}`), jose.ErrAlgorithm},
		{"alg ES384", es(`{"alg":"ES384"}`), jose.ErrAlgorithm},
		{"alg ES256K", es(`{"alg":"ES256K"}`), jose.ErrAlgorithm},
		{"alg ESP256", es(`{"alg":"ESP256"}`), jose.ErrAlgorithm},
		{"alg EdDSA", es(`{"alg":"EdDSA"}`), jose.ErrAlgorithm},
		{"alg HS512", es(`{"alg":"HS512"}`), jose.ErrAlgorithm},
		{"alg PS256", es(`{"alg":"PS256"}`), jose.ErrAlgorithm},

		{"typ at+jwt", es(`{"alg":"ES256","typ":"at+jwt"}`), jose.ErrMalformed},
		{"typ logout+jwt", es(`{"alg":"ES256","typ":"logout+jwt"}`), jose.ErrMalformed},
		{"typ jwt", es(`{"alg":"ES256","typ":"jwt"}`), jose.ErrMalformed},
		{"typ empty", es(`{"alg":"ES256","typ":""}`), jose.ErrMalformed},
		{"typ number", es(`{"alg":"ES256","typ":1}`), jose.ErrMalformed},
		{"kid empty", es(`{"alg":"ES256","kid":""}`), jose.ErrMalformed},
		{"kid number", es(`{"alg":"ES256","kid":1}`), jose.ErrMalformed},
		{"kid object", es(`{"alg":"ES256","kid":{}}`), jose.ErrMalformed},
		{"kid long", es(`{"alg":"ES256","kid":"` + strings.Repeat("k", 257) + `"}`), jose.ErrMalformed},
		{"kid twice", es(`{"alg":"ES256","kid":"a","kid":"b"}`), jose.ErrMalformed},
		{"crit unknown", es(`{"alg":"ES256","crit":["exp"],"exp":1}`), jose.ErrMalformed},
		{"crit empty", es(`{"alg":"ES256","crit":[]}`), jose.ErrMalformed},
		{"b64", es(`{"alg":"ES256","b64":false}`), jose.ErrMalformed},
		{"b64 true", es(`{"alg":"ES256","b64":true}`), jose.ErrMalformed},
		{"jku", es(`{"alg":"ES256","jku":"https://example.com"}`), jose.ErrMalformed},
		{"x5u", es(`{"alg":"ES256","x5u":"https://example.com"}`), jose.ErrMalformed},
		{"x5c", es(`{"alg":"ES256","x5c":["AA=="]}`), jose.ErrMalformed},
		{"jwk", es(`{"alg":"ES256","jwk":{}}`), jose.ErrMalformed},
		{"zip", es(`{"alg":"ES256","zip":"DEF"}`), jose.ErrMalformed},
		{"enc", es(`{"alg":"ES256","enc":"A256GCM"}`), jose.ErrMalformed},
		{"cty", es(`{"alg":"ES256","cty":"JWT"}`), jose.ErrMalformed},
		{"jku null", es(`{"alg":"ES256","jku":null}`), jose.ErrMalformed},
		{"jku escaped", es(`{"alg":"ES256","\u006aku":"https://example.com"}`), jose.ErrMalformed},
	}
}

type refusal struct {
	name, raw string
	want      error
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range refusals() {
		token, err := jose.Parse(tc.raw)
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
			continue
		}
		if token.Header() != (jose.Header{}) {
			t.Errorf("%s: header %+v beside an error", tc.name, token.Header())
		}
		if payload, err := token.Verify(newMAC(t)); payload != nil || !errors.Is(err, jose.ErrAlgorithm) {
			t.Errorf("%s: the refused token verified: %q, %v", tc.name, payload, err)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 256)
	for _, tc := range []struct {
		name, raw string
		want      jose.Header
	}{
		{"plain", segment(`{"alg":"ES256"}`) + ".e30." + sig64, jose.Header{Algorithm: jose.ES256}},
		{"empty payload", segment(`{"alg":"HS256"}`) + ".." + sig32, jose.Header{Algorithm: jose.HS256}},
		{"unknown member", segment(`{"foo":{"a":[1,{"b":null}]},"alg":"ES256"}`) + ".e30." + sig64, jose.Header{Algorithm: jose.ES256}},
		{"other case is another member", segment(`{"alg":"ES256","ALG":"none","Kid":"x","JKU":"y","Typ":"z"}`) + ".e30." + sig64, jose.Header{Algorithm: jose.ES256}},
		{"white space", segment("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}") + ".e30." + sig32, jose.Header{Algorithm: jose.HS256, Type: "JWT"}},
		{"long kid", segment(`{"alg":"ES256","kid":"`+long+`"}`) + ".e30." + sig64, jose.Header{Algorithm: jose.ES256, KeyID: long}},
		{"escaped kid", segment(`{"alg":"ES256","kid":"\u006B\ud83d\ude00"}`) + ".e30." + sig64, jose.Header{Algorithm: jose.ES256, KeyID: "k😀"}},
		{"RSA", segment(`{"alg":"RS256"}`) + ".e30." + strings.Repeat("A", 342), jose.Header{Algorithm: jose.RS256}},
	} {
		token, err := jose.Parse(tc.raw)
		if err != nil || token.Header() != tc.want {
			t.Errorf("%s: got %+v, %v; want %+v", tc.name, token.Header(), err, tc.want)
		}
	}
}

// TestVerifyRefuses has one case for each reason that Verify knows.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	k, other := newKey(t, "a"), newKey(t, "a")
	es, err := k.Sign("JWT", []byte(`{"sub":"U1"}`))
	if err != nil {
		t.Fatal(err)
	}
	hs, err := newMAC(t).Sign("JWT", []byte(`{"sub":"U1"}`))
	if err != nil {
		t.Fatal(err)
	}
	otherMAC, err := jose.NewMACKey([]byte("x" + testSecret))
	if err != nil {
		t.Fatal(err)
	}
	head, sig := es[:strings.LastIndex(es, ".")], es[strings.LastIndex(es, ".")+1:]
	body, _, _ := strings.Cut(es, ".")
	renamed := newKey(t, "b")
	foreign, err := renamed.Sign("JWT", []byte(`{"sub":"U1"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, foreignBody, _ := strings.Cut(foreign, ".")

	for _, tc := range []struct {
		name, raw string
		key       jose.Key
		want      error
	}{
		{"nil key", es, nil, jose.ErrKey},
		{"nil public key", withoutKeyID(es), (*jose.PublicKey)(nil), jose.ErrKey},
		{"zero public key", es, new(jose.PublicKey), jose.ErrKey},
		{"nil MAC key", hs, (*jose.MACKey)(nil), jose.ErrKey},
		{"zero MAC key", hs, new(jose.MACKey), jose.ErrKey},
		{"MAC token, EC key", hs, k.Public(), jose.ErrAlgorithm},
		{"EC token, MAC key", es, newMAC(t), jose.ErrAlgorithm},
		{"EC token, RSA key", es, new(jose.RSAPublicKey), jose.ErrAlgorithm},
		{"RSA token, zero key", segment(`{"alg":"RS256"}`) + ".e30." + strings.Repeat("A", 342), new(jose.RSAPublicKey), jose.ErrKey},
		{"kid of another key", es, renamed.Public(), jose.ErrUnknownKey},
		{"no kid", segment(`{"alg":"ES256"}`) + es[strings.IndexByte(es, '.'):], k.Public(), jose.ErrUnknownKey},
		{"another key under the same kid", es, other.Public(), jose.ErrSignature},
		{"header of another token", body + "." + foreignBody, k.Public(), jose.ErrSignature},
		{"payload changed", body + "." + segment(`{"sub":"U2"}`) + "." + sig, k.Public(), jose.ErrSignature},
		{"all zero", head + "." + sig64, k.Public(), jose.ErrSignature},
		{"r n", head + "." + rs(order, one), k.Public(), jose.ErrSignature},
		{"s n", head + "." + rs(one, order), k.Public(), jose.ErrSignature},
		{"r 0", head + "." + rs(zero, one), k.Public(), jose.ErrSignature},
		{"s 0", head + "." + rs(one, zero), k.Public(), jose.ErrSignature},
		{"halves swapped", head + "." + swapped(t, sig), k.Public(), jose.ErrSignature},
		{"another secret", hs, otherMAC, jose.ErrSignature},
		{"tag changed", hs[:strings.LastIndex(hs, ".")+1] + sig32, newMAC(t), jose.ErrSignature},
	} {
		token, err := jose.Parse(tc.raw)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if payload, err := token.Verify(tc.key); payload != nil || !errors.Is(err, tc.want) {
			t.Errorf("%s: got %q, %v; want %v", tc.name, payload, err, tc.want)
		}
	}
}

// TestKeyConfusion signs HS256 with everything public that a verifier of ES256 holds.
func TestKeyConfusion(t *testing.T) {
	t.Parallel()
	k := newKey(t, "a")
	jwk, err := k.Public().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	key, err := jose.NewMACKey(jwk)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := key.Sign("JWT", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	token, err := jose.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(k.Public()); !errors.Is(err, jose.ErrAlgorithm) {
		t.Errorf("got %v", err)
	}
}

var (
	zero     = new(big.Int)
	one      = big.NewInt(1)
	order, _ = new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
)

func rs(r, s *big.Int) string {
	var b [64]byte
	r.FillBytes(b[:32])
	s.FillBytes(b[32:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func swapped(t *testing.T, sig string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(sig)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(append(b[32:64:64], b[:32]...))
}

// withoutKeyID strips the kid, so that a nil key gets as far as its own check.
func withoutKeyID(raw string) string {
	return segment(`{"alg":"ES256"}`) + raw[strings.IndexByte(raw, '.'):]
}

// TestParserRemembers: a remembered header changes nothing but the work, and holds on to
// no token.
func TestParserRemembers(t *testing.T) {
	t.Parallel()
	key := newMAC(t)
	raw, err := key.Sign("JWT", []byte(`{"sub":"U1"}`))
	if err != nil {
		t.Fatal(err)
	}
	var p jose.Parser
	for range 2 { // read, then remembered
		token, err := p.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if payload, err := token.Verify(key); err != nil || string(payload) != `{"sub":"U1"}` {
			t.Fatalf("Verify = %s, %v", payload, err)
		}
		if h := token.Header(); h != (jose.Header{Algorithm: jose.HS256, Type: "JWT"}) {
			t.Errorf("Header = %+v", h)
		}
		p.Keep(&token)
	}
	head, rest, _ := strings.Cut(raw, ".")
	for name, other := range map[string]string{
		"longer header":      head + "A." + rest,
		"shorter header":     head[:len(head)-4] + "." + rest,
		"ES256 behind it":    head + "." + segment(`{}`) + "." + sig64,
		"other bits":         head[:len(head)-1] + "R." + rest,
		"no payload":         head + ".." + sig64,
		"blank in payload":   head + ". " + rest,
		"line break":         head + ".\n" + rest,
		"longer than tokens": head + "." + strings.Repeat("A", jose.MaxToken) + "." + sig64,
	} {
		got, gotErr := p.Parse(other)
		want, wantErr := jose.Parse(other)
		if got.Header() != want.Header() || (gotErr == nil) != (wantErr == nil) || gotErr != nil && gotErr.Error() != wantErr.Error() {
			t.Errorf("%s: %+v, %v with a memory; %+v, %v without", name, got.Header(), gotErr, want.Header(), wantErr)
		}
	}
}

// TestParserForgets: more headers than a Parser remembers push out older ones, and each
// still is what it says.
func TestParserForgets(t *testing.T) {
	t.Parallel()
	var p jose.Parser
	for round := range 3 {
		for i := range 20 {
			ec := newECDSA(t)
			kid := fmt.Sprintf("key %d", i)
			key, err := jose.NewPrivateKey(kid, ec)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := key.Sign("JWT", []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			token, err := p.Parse(raw)
			if err != nil || token.Header().KeyID != kid {
				t.Fatalf("round %d: header %+v, %v; want kid %s", round, token.Header(), err, kid)
			}
			p.Keep(&token)
		}
	}
}
