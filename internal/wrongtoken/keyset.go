package wrongtoken

import (
	"encoding/hex"
	"math/big"
	"strings"
)

// precedence are rows of the list's second part that no other row has: two faults at
// once, and tokens that are only large.
func (w *world) precedence() []Case {
	h, _, s := segments(w.good)
	expired := w.claims.set("exp", since(-hour)).set("iat", since(-2*hour)).text()
	return []Case{
		w.forged("§2/two faults", "expired, and not signed by the platform", w.attacker.token(w.platform.header().text(), expired), "signature"),
		w.forged("§2/expired and unsigned", "expired, and the signature is of another text", h+"."+encode(expired)+"."+s, "signature"),
		w.forged("§2/dots", "a million dots", strings.Repeat(".", 1<<20), "malformed"),
		w.forged("§2/long header", "a header of a mebibyte", encode(w.platform.header().set("x", str(strings.Repeat("x", 1<<20))).text())+".e30."+s, "malformed"),
		w.forged("§2/empty", "no token", "", "malformed"),
	}
}

// badKeys are E19: the platform publishes a key that must not be used, and somebody
// signs with it.
func (w *world) badKeys() []Case {
	a := w.attacker
	token := a.token(a.header().text(), w.claims.set("sub", str(Victim)).text())
	var all []Case
	add := func(name, attack, token, reason string, keys ...object) {
		c := w.signed("E19/"+name, attack, token, reason)
		c.Set = set(append(keys, w.platform.jwk())...)
		all = append(all, c)
	}
	private := str(b64.EncodeToString(scalar(a)))
	add("for encryption", "signed with a key that is for encryption", token, "unknown_key", a.jwk().set("use", str("enc")))
	add("key_ops", "signed with a key whose key_ops do not have verify", token, "unknown_key", a.jwk().drop("use").set("key_ops", `["encrypt"]`))
	add("other alg", "signed with a key that is for ES384", token, "unknown_key", a.jwk().set("alg", str("ES384")))
	add("ECDH", "signed with a key that is for key agreement", token, "unknown_key", a.jwk().set("alg", str("ECDH-ES")))
	add("private", "signed with a key that was published with its private half", token, "unknown_key", a.jwk().set("d", private))
	add("crv twice", "signed with a key that has crv twice", token, "unknown_key", a.jwk().last("crv", str("P-384")))
	add("kid twice", "signed with a key that has kid twice", token, "unknown_key", a.jwk().first("kid", str("x")))
	add("KID", "signed with a key whose key ID is called KID", token, "unknown_key", a.jwk().drop("kid").set("KID", str(a.kid)))
	add("twins", "signed with one of two keys that share a key ID", token, "unknown_key", w.next.jwk().set("kid", str(a.kid)), a.jwk())
	add("twins turned", "signed with the first of two keys that share a key ID", token, "unknown_key", a.jwk(), w.next.jwk().set("kid", str(a.kid)))
	add("longer x", "signed with a key whose x has a byte too many that is not zero", token, "unknown_key", a.jwk().set("x", str(b64.EncodeToString(append([]byte{1}, a.point()[1:33]...)))))
	secret := object{{"kty", str("oct")}, {"kid", str("oct-1")}, {"k", str(b64.EncodeToString([]byte(Secret)))}}
	mac := macToken(Secret, object{{"kid", str("oct-1")}, {"typ", str("JWT")}, {"alg", str("HS256")}}.text(), w.claims.text())
	add("oct", "HS256 by a secret that stands in the JWK Set", mac, "algorithm", secret)
	zero := object{{"kty", str("EC")}, {"crv", str("P-256")}, {"kid", str(a.kid)}, {"x", str(b64.EncodeToString(make([]byte, 32)))}, {"y", str(b64.EncodeToString(make([]byte, 32)))}}
	add("infinity", "the key is the point 0, 0 and the signature r = s = 1", w.oneOne(), "unknown_key", zero)
	add("off the curve", "the key is no point of the curve", token, "unknown_key", offCurve(a))
	return all
}

// oneOne is a token under the attacker's key ID with r = s = 1.
func (w *world) oneOne() string {
	one := big.NewInt(1)
	return encode(w.attacker.header().text()) + "." + encode(w.claims.text()) + "." + b64.EncodeToString(fixed(one, one, 32))
}

// offCurve returns the key with y + 1.
func offCurve(k keyPair) object {
	y := new(big.Int).SetBytes(k.point()[33:])
	return k.jwk().set("y", str(b64.EncodeToString(y.Add(y, big.NewInt(1)).FillBytes(make([]byte, 32)))))
}

// Neighbours returns good tokens whose key stands in the JWK Set beside one that is of
// no use, or is written as LINE's own have been: a verifier that refuses one of them lets
// nobody in for the sake of a key that no token names.
func Neighbours() []Case {
	w := newWorld()
	var all []Case
	add := func(name, attack, setText string) {
		c := w.signed("E19/beside "+name, attack, w.good, "")
		c.Set = setText
		all = append(all, c)
	}
	beside := func(name, attack, key string) { add(name, attack, rawSet(key, w.platform.jwk().text())) }
	a := w.attacker.jwk()
	beside("RSA", "an RSA key", rsaJWK("rsa-1").text())
	beside("Ed25519", "an Ed25519 key", edJWK("ed-1").text())
	beside("oct", "a secret", object{{"kty", str("oct")}, {"kid", str("oct-1")}, {"k", str("AAAA")}}.text())
	beside("P-384", "a key of another curve", p384JWK().text())
	beside("new kty", "a kind of key that nobody knows yet", object{{"kty", str("AKP")}, {"alg", str("ML-DSA-44")}, {"kid", str("pq-1")}, {"pub", str("AAAA")}}.text())
	beside("new crv", "a curve that nobody knows", a.set("crv", str("P-999")).text())
	beside("for encryption", "a key for encryption", a.set("use", str("enc")).text())
	beside("off the curve", "a key off the curve", offCurve(w.attacker).text())
	beside("private", "a private key", a.set("d", str(b64.EncodeToString(scalar(w.attacker)))).text())
	beside("no x", "a key without x", a.drop("x").text())
	beside("no kty", "a key without kty", a.drop("kty").text())
	beside("bad base64", "a key whose y is no base64url", a.set("y", str("!")).text())
	beside("x a number", "a key whose x is a number", a.set("x", "1").text())
	beside("kid a number", "a key whose kid is a number", a.set("kid", "1").text())
	beside("no kid", "a key without kid", a.drop("kid").text())
	beside("bad x5c", "a key with a certificate that is none", a.set("x5c", `["AAAA"]`).text())
	beside("text", "a text in place of a key", str("key"))
	beside("null", "null in place of a key", "null")
	beside("twins", "two keys that share another key ID", a.text()+","+w.next.jwk().set("kid", a.get("kid")).text())
	own := w.platform.jwk()
	long := func(name string, from, to int) object {
		return own.set(name, str(b64.EncodeToString(append([]byte{0}, w.platform.point()[from:to]...))))
	}
	add("nothing, x of 33 bytes", "the key itself with a zero in front of x, as LINE has published", set(long("x", 1, 33)))
	add("nothing, y of 33 bytes", "the key itself with a zero in front of y", set(long("y", 33, 65)))
	add("nothing, spare members", "a set with members that nobody knows", `{"tomorrow":[1],`+strings.TrimPrefix(set(own.set("tomorrow", "{}")), "{"))
	return append(all, shortCoordinate())
}

func p384JWK() object {
	point := make([]byte, 96)
	if _, err := hex.Decode(point, []byte(p384Generator)); err != nil {
		panic("wrongtoken: P-384: " + err.Error())
	}
	return object{{"kty", str("EC")}, {"crv", str("P-384")}, {"kid", str("p384-1")}, {"x", str(b64.EncodeToString(point[:48]))}, {"y", str(b64.EncodeToString(point[48:]))}}
}

// p384Generator is the generator of P-384, x then y (FIPS 186-4 appendix D.1.2.4).
const p384Generator = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7" +
	"3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"

// shortCoordinate has a key whose x begins with a zero that its writer left out.
func shortCoordinate() Case {
	w := newWorld()
	for i := 0; ; i++ {
		k := newKey("short " + num(int64(i)))
		if k.point()[1] != 0 {
			continue
		}
		w.platform = k
		c := w.signed("E19/beside nothing, x of 31 bytes", "the key itself, written without the zero that its x begins with", w.es(w.claims), "")
		c.Set = set(k.jwk().set("x", str(b64.EncodeToString(k.point()[2:33]))))
		return c
	}
}
