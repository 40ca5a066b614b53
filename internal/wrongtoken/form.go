package wrongtoken

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"strings"
)

// encrypted are B24: encrypted tokens, and words of encryption in signed ones.
func (w *world) encrypted() []Case {
	plain := w.claims.set("sub", str(Victim)).text()
	direct := object{{"alg", str("dir")}, {"enc", str("A256GCM")}, {"typ", str("JWT")}}
	five := func(header object, key string) string {
		return encode(header.text()) + "." + b64.EncodeToString([]byte(key)) + ".AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"
	}
	point := w.attacker.jwk()
	epk := object{{"kty", point.get("kty")}, {"crv", point.get("crv")}, {"x", point.get("x")}, {"y", point.get("y")}}
	var bomb bytes.Buffer
	deflate, err := flate.NewWriter(&bomb, flate.BestCompression)
	if err != nil {
		panic("wrongtoken: deflate: " + err.Error())
	}
	for range 8 { // 8 MiB, which is 8 KiB compressed
		_, _ = deflate.Write(make([]byte, 1<<20)) // into memory
	}
	_ = deflate.Close()
	return []Case{
		w.forgedHS("B24/dir", "encrypted under the channel secret, claims inside, no signature", seal(direct, []byte(plain)), "algorithm"),
		w.forgedHS("B24/zip bomb", "the same, 8 MiB of zeros compressed", seal(direct.set("zip", str("DEF")), bomb.Bytes()), "algorithm"),
		w.forged("B24/dir at ES256", "encrypted under the channel secret, sent where ES256 is wanted", seal(direct, []byte(plain)), "algorithm"),
		w.forged("B24/ECDH-ES", "encrypted to the platform's key", five(direct.set("alg", str("ECDH-ES")).set("kid", str(w.platform.kid)).set("epk", epk.text()), ""), "algorithm"),
		w.forgedHS("B24/PBES2", "a password hashed ten million times first", five(direct.set("alg", str("PBES2-HS256+A128KW")).set("p2s", str("AAAAAAAAAAA")).set("p2c", "10000000"), strings.Repeat("k", 40)), "algorithm"),
		w.signed("B24/zip", "a signed token that says it is compressed", w.platform.token(w.platform.header().set("zip", str("DEF")).text(), w.claims.text()), "malformed"),
		w.signed("B24/enc", "a signed token that says it is encrypted", w.platform.token(w.platform.header().set("enc", str("A256GCM")).text(), w.claims.text()), "malformed"),
	}
}

// seal makes a JWE with AES-GCM under the channel secret.
func seal(header object, plain []byte) string {
	block, err := aes.NewCipher([]byte(Secret))
	if err != nil {
		panic("wrongtoken: AES: " + err.Error())
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("wrongtoken: GCM: " + err.Error())
	}
	head, nonce := encode(header.text()), make([]byte, 12)
	sealed := gcm.Seal(nil, nonce, plain, []byte(head))
	text, mark := sealed[:len(sealed)-16], sealed[len(sealed)-16:]
	return head + ".." + b64.EncodeToString(nonce) + "." + b64.EncodeToString(text) + "." + b64.EncodeToString(mark)
}

// serializations are B25: the right signature in JWS's JSON forms, in which one reader
// verifies one part and another reads another.
func (w *world) serializations() []Case {
	h, p, s := segments(w.good)
	victim := encode(w.claims.set("sub", str(Victim)).text())
	signature := object{{"protected", str(h)}, {"signature", str(s)}}
	flat := object{{"payload", str(p)}}.last("protected", str(h)).last("signature", str(s))
	fake := encode(w.platform.header().text()) + "." + victim + "." + s
	return []Case{
		w.signed("B25/flattened", "flattened JSON serialization", flat.text(), "malformed"),
		w.signed("B25/general", "general JSON serialization", object{{"payload", str(p)}, {"signatures", "[" + signature.text() + "]"}}.text(), "malformed"),
		w.signed("B25/two signatures", "general JSON serialization, one signature right and one not", object{{"payload", str(p)}, {"signatures", "[" + signature.set("signature", str("AAAA")).text() + "," + signature.text() + "]"}}.text(), "malformed"),
		w.signed("B25/compact inside", "a forged compact token in a member that is not signed", flat.last("header", `{"token":"`+fake+`"}`).text(), "malformed"),
		w.signed("B25/payload twice", "the victim's payload first, the signed one behind", flat.first("payload", str(victim)).text(), "malformed"),
		w.signed("B25/blank in front", "the flattened form behind a line break", "\n"+flat.text(), "malformed"),
		w.forged("B25/forged", "the victim's payload in the flattened form", flat.set("payload", str(victim)).text(), "malformed"),
	}
}

// critical are B26: header members that must be understood, or change what is signed.
func (w *world) critical() []Case {
	var all []Case
	add := func(name, attack string, header object) {
		all = append(all, w.signed("B26/"+name, attack, w.platform.token(header.text(), w.claims.text()), "malformed"))
	}
	h := w.platform.header()
	add("unknown", "crit names a member that nobody knows", h.set("crit", `["x"]`).set("x", "1"))
	add("empty", "crit is an empty list", h.set("crit", "[]"))
	add("absent", "crit names a member that is not there", h.set("crit", `["x"]`))
	add("standard", "crit names alg, which it must not", h.set("crit", `["alg"]`))
	add("text", "crit is a text", h.set("crit", str("x")).set("x", "1"))
	add("null", "crit is null", h.set("crit", "null"))
	add("b64 false", "b64 is false, and crit says so", h.set("b64", "false").set("crit", `["b64"]`))
	add("b64 alone", "b64 is false, and crit says nothing", h.set("b64", "false"))
	head, p, s := segments(w.good)
	all = append(all, w.signed("B26/not protected", "crit in a header that is not signed", object{{"payload", str(p)}, {"protected", str(head)}, {"header", `{"crit":["x"],"x":1}`}, {"signature", str(s)}}.text(), "malformed"))
	return all
}

// nested are B27: a token in a token.
func (w *world) nested() []Case {
	victim := w.claims.set("sub", str(Victim)).text()
	none := encode(`{"alg":"none"}`) + "." + encode(victim) + "."
	h := w.platform.header().set("cty", str("JWT"))
	return []Case{
		w.signed("B27/forged inside", "a signed token around one without signature", w.platform.token(h.text(), none), "malformed"),
		w.signed("B27/good inside", "a signed token around the good one", w.platform.token(h.text(), w.good), "malformed"),
		w.signed("B27/claims", "cty says that a token is inside, but there are claims", w.platform.token(h.text(), w.claims.text()), "malformed"),
		w.forged("B27/turned round", "a token without signature around the good one", encode(`{"alg":"none","cty":"JWT"}`)+"."+encode(w.good)+".", "algorithm"),
	}
}

// doubledHeader are B28: two readers of this header see two different ones.
func (w *world) doubledHeader() []Case {
	var all []Case
	h := w.platform.header()
	signed := func(name, attack string, header object, reason string) {
		all = append(all, w.signed("B28/"+name, attack, w.platform.token(header.text(), w.claims.text()), reason))
	}
	signed("alg first none", "alg none, and behind it ES256", h.first("alg", str("none")), "algorithm")
	signed("alg last none", "alg ES256, and behind it none", h.last("alg", str("none")), "malformed")
	signed("alg twice", "alg ES256 twice", h.last("alg", str("ES256")), "malformed")
	signed("kid first", "an unknown key ID, and behind it the right one", h.first("kid", str("x")), "malformed")
	signed("kid last", "the right key ID, and behind it an unknown one", h.last("kid", str("x")), "malformed")
	signed("typ twice", "typ twice", h.last("typ", str("at+jwt")), "malformed")
	signed("escaped twin", "alg, and the same name written with an escape", h.first(`\u0061lg`, str("HS256")), "malformed")
	signed("KID", "an unknown key ID, and the right one as KID", h.set("kid", str("x")).last("KID", str(w.platform.kid)), "unknown_key")
	signed("KID alone", "the key ID as KID only", h.drop("kid").last("KID", str(w.platform.kid)), "unknown_key")
	signed("Kelvin", "the key ID under a name with the Kelvin sign", h.drop("kid").last("\u212aid", str(w.platform.kid)), "unknown_key")
	signed("ALG", "the algorithm as ALG only", h.drop("alg").last("ALG", str("ES256")), "malformed")
	signed("ALG behind none", "alg none, and behind it ALG with ES256", h.set("alg", str("none")).last("ALG", str("ES256")), "algorithm")
	forged := w.attacker.token(h.set("kid", str(w.attacker.kid)).last("KID", str(w.platform.kid)).text(), w.claims.set("sub", str(Victim)).text())
	return append(all, w.forged("B28/KID forged", "the attacker's key and key ID, and the platform's as KID", forged, "unknown_key"))
}
