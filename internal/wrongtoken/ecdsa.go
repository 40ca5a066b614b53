package wrongtoken

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // for crypto.SHA384 and crypto.SHA512
	"encoding/asn1"
	"math/big"
	"slices"
	"sync"
)

// withSignature returns the good text of a victim with other bytes for a signature.
func (w *world) withSignature(sig []byte) string {
	h, p := encode(w.platform.header().text()), encode(w.claims.set("sub", str(Victim)).text())
	return h + "." + p + "." + b64.EncodeToString(sig)
}

// zeroSignatures are B18: for the equation of ECDSA zero is a solution, which is why
// the range is checked before it.
func (w *world) zeroSignatures() []Case {
	zero, one := new(big.Int), big.NewInt(1)
	der := []byte{0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00}
	return []Case{
		w.forged("B18/zero", "r = s = 0", w.withSignature(fixed(zero, zero, 32)), "signature"),
		w.forged("B18/DER", "r = s = 0 in DER: MAYCAQACAQA", w.withSignature(der), "malformed"),
		w.forged("B18/r zero", "r = 0, s = 1", w.withSignature(fixed(zero, one, 32)), "signature"),
		w.forged("B18/s zero", "r = 1, s = 0", w.withSignature(fixed(one, zero, 32)), "signature"),
		w.forged("B18/one", "r = s = 1", w.withSignature(fixed(one, one, 32)), "signature"),
	}
}

// rightNumbers returns the header and payload segments of the good token, and its
// signature as numbers.
func (w *world) rightNumbers() (signed string, r, s *big.Int) {
	h, p, _ := segments(w.good)
	r, s = w.platform.numbers(h+"."+p, crypto.SHA256)
	return h + "." + p, r, s
}

// signatureForms are B19: the right numbers in another form than 64 bytes.
func (w *world) signatureForms() []Case {
	signed, r, s := w.rightNumbers()
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		panic("wrongtoken: DER: " + err.Error())
	}
	right := fixed(r, s, 32)
	var all []Case
	for _, f := range []struct {
		name, told string
		sig        []byte
	}{
		{"DER", "in DER", der},
		{"63 bytes", "without its last byte", right[:63]},
		{"65 bytes", "with a zero behind", append(slices.Clone(right), 0)},
		{"zero in front", "with a zero in front", append([]byte{0}, right...)},
		{"66 bytes", "with 33 bytes for each number", fixed(r, s, 33)},
		{"96 bytes", "with 48 bytes for each number, as ES384 has", fixed(r, s, 48)},
		{"132 bytes", "with 66 bytes for each number, as ES512 has", fixed(r, s, 66)},
		{"twice", "twice", append(slices.Clone(right), right...)},
	} {
		all = append(all, w.signed("B19/"+f.name, "the right signature "+f.told, signed+"."+b64.EncodeToString(f.sig), "malformed"))
	}
	swapped := w.signed("B19/swapped", "s before r", signed+"."+b64.EncodeToString(fixed(s, r, 32)), "signature")
	return append(all, swapped)
}

// signatureRanges are B20: numbers that are right modulo the order, or at its edge.
func (w *world) signatureRanges() []Case {
	signed, r, s := w.rightNumbers()
	n := elliptic.P256().Params().N
	less := new(big.Int).Sub(n, big.NewInt(1))
	top := new(big.Int).Lsh(big.NewInt(1), 256)
	negative := func(v *big.Int) *big.Int { return new(big.Int).Sub(top, v) }
	plus := new(big.Int).Add(r, n)
	cut := new(big.Int).Mod(plus, top)
	var all []Case
	for _, f := range []struct {
		name, told string
		r, s       *big.Int
	}{
		{"r is n", "r = n", n, s},
		{"s is n", "s = n", r, n},
		{"both n", "r = s = n", n, n},
		{"r is n-1", "r = n - 1", less, s},
		{"s is n-1", "s = n - 1", r, less},
		{"r+n cut", "r + n, cut to 32 bytes", cut, s},
		{"negative r", "minus r as two's complement", negative(r), s},
		{"negative s", "minus s as two's complement", r, negative(s)},
		{"largest", "all bits set", negative(big.NewInt(1)), negative(big.NewInt(1))},
	} {
		all = append(all, w.forged("B20/"+f.name, f.told, signed+"."+b64.EncodeToString(fixed(f.r, f.s, 32)), "signature"))
	}
	long := fixed(plus, s, 33)
	return append(all, w.forged("B20/r+n", "r + n in 33 bytes", signed+"."+b64.EncodeToString(long), "malformed"))
}

// rsaKey is the one thing of the list that differs from run to run: no RSA key can be
// made from a name by the standard library.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("wrongtoken: RSA key: " + err.Error())
	}
	return key
})

// otherAlgorithms are B21: the attacker's keys of other kinds, under the platform's key
// ID and, as far as a set can hold them, as keys that the platform has published for
// something else.
func (w *world) otherAlgorithms() []Case {
	victim := w.claims.set("sub", str(Victim)).text()
	build := func(alg, kid string, sign func(text string) []byte) string {
		signed := encode(object{{"kid", str(kid)}, {"typ", str("JWT")}, {"alg", str(alg)}}.text()) + "." + encode(victim)
		return signed + "." + b64.EncodeToString(sign(signed))
	}
	curve := func(c elliptic.Curve, size int, hash crypto.Hash) func(string) []byte {
		key := curveKey(c, size)
		return func(text string) []byte { r, s := numbersOf(key, text, hash); return fixed(r, s, size) }
	}
	p256 := func(hash crypto.Hash) func(string) []byte {
		return func(text string) []byte { r, s := w.attacker.numbers(text, hash); return fixed(r, s, 32) }
	}
	published := w.set[:len(w.set)-2] + "," + rsaJWK("rsa-1").text() + "," + edJWK("ed-1").text() + "]}"
	all := []Case{
		w.forged("B21/ES384", "ES384 by the attacker", build("ES384", w.platform.kid, curve(elliptic.P384(), 48, crypto.SHA384)), "algorithm"),
		w.forged("B21/ES512", "ES512 by the attacker", build("ES512", w.platform.kid, curve(elliptic.P521(), 66, crypto.SHA512)), "algorithm"),
		w.forged("B21/ES256K", "ES256K by the attacker", build("ES256K", w.platform.kid, p256(crypto.SHA256)), "algorithm"),
		w.forged("B21/ESP256", "ESP256 by the attacker", build("ESP256", w.platform.kid, p256(crypto.SHA256)), "algorithm"),
		w.forged("B21/EdDSA", "EdDSA by the attacker", build("EdDSA", w.platform.kid, edSign), "algorithm"),
		w.forged("B21/Ed25519", "Ed25519 by the attacker", build("Ed25519", w.platform.kid, edSign), "algorithm"),
		w.forged("B21/RS256", "RS256 by the attacker", build("RS256", w.platform.kid, rsaSign), "algorithm"),
		w.forged("B21/PS256", "PS256 by the attacker", build("PS256", w.platform.kid, pssSign), "algorithm"),
		w.forged("B21/HS384", "HS384 by the attacker", build("HS384", w.platform.kid, edSign), "algorithm"),
		w.signed("B21/ES384 by our key", "ES384 with the platform's own key, which is one for ES256", build("ES384", w.platform.kid, func(text string) []byte {
			r, s := w.platform.numbers(text, crypto.SHA384)
			return fixed(r, s, 32)
		}), "algorithm"),
	}
	for _, c := range []Case{
		w.signed("B21/published RS256", "RS256 by a key that the platform has published, ES256 is wanted", build("RS256", "rsa-1", rsaSign), "algorithm"),
		w.signed("B21/published EdDSA", "EdDSA by a key that the platform has published, ES256 is wanted", build("EdDSA", "ed-1", edSign), "algorithm"),
	} {
		c.Set = published
		all = append(all, c)
	}
	return all
}

func curveKey(c elliptic.Curve, size int) *ecdsa.PrivateKey {
	key, err := ecdsa.ParseRawPrivateKey(c, append(make([]byte, size-32), digest("scalar on "+c.Params().Name)...))
	if err != nil {
		panic("wrongtoken: scalar on " + c.Params().Name + " is out of range")
	}
	return key
}

func edKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(digest("seed")) }

func edSign(text string) []byte { return ed25519.Sign(edKey(), []byte(text)) }

func edJWK(kid string) object {
	public := edKey().Public().(ed25519.PublicKey)
	return object{{"kty", str("OKP")}, {"alg", str("EdDSA")}, {"use", str("sig")}, {"kid", str(kid)}, {"crv", str("Ed25519")}, {"x", str(b64.EncodeToString(public))}}
}

func rsaSign(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, rsaKey(), crypto.SHA256, sum[:])
	if err != nil {
		panic("wrongtoken: RS256: " + err.Error())
	}
	return sig
}

func pssSign(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPSS(rand.Reader, rsaKey(), crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	if err != nil {
		panic("wrongtoken: PS256: " + err.Error())
	}
	return sig
}

func rsaJWK(kid string) object {
	k := rsaKey().PublicKey
	return object{
		{"kty", str("RSA")},
		{"alg", str("RS256")},
		{"use", str("sig")},
		{"kid", str(kid)},
		{"n", str(b64.EncodeToString(k.N.Bytes()))},
		{"e", str(b64.EncodeToString(big.NewInt(int64(k.E)).Bytes()))},
	}
}
