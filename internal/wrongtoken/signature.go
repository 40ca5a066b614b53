package wrongtoken

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
)

// alteredTokens are B1 and B2: the signature is of another text, or of none.
func (w *world) alteredTokens() []Case {
	h, p, s := segments(w.good)
	victim := encode(w.claims.set("sub", str(Victim)).text())
	_, otherPayload, otherSig := segments(w.es(w.claims.set("sub", str(Victim)).set("aud", str(otherChannel))))
	hsHead, _, hsTag := segments(w.goodHS)
	random := slices.Concat(digest("one half"), digest("other half"))
	return []Case{
		w.forged("B1/sub", "the user is replaced, the signature kept", h+"."+victim+"."+s, "signature"),
		w.forgedHS("B1/sub HS256", "the same with an HS256 token", hsHead+"."+victim+"."+hsTag, "signature"),
		w.forged("B1/swap", "the payload of a token of another channel under our signature", h+"."+otherPayload+"."+s, "signature"),
		w.forged("B1/swap back", "our payload under the signature of another token", h+"."+p+"."+otherSig, "signature"),
		w.forged("B1/header", "the header is written with a blank more", encode(strings.Replace(w.platform.header().text(), ",", ", ", 1))+"."+p+"."+s, "signature"),
		w.forged("B2/empty", "no signature behind the second dot", h+"."+victim+".", "malformed"),
		w.forgedHS("B2/empty HS256", "the same with an HS256 token", hsHead+"."+victim+".", "malformed"),
		w.forged("B2/cut", "two segments", h+"."+victim, "malformed"),
		w.forged("B2/payload", "the payload alone", victim, "malformed"),
		w.forged("B2/four", "a fourth segment", w.good+".e30", "malformed"),
		w.forged("B2/random", "64 bytes of chance", h+"."+victim+"."+b64.EncodeToString(random), "signature"),
		w.forgedHS("B2/random HS256", "32 bytes of chance", hsHead+"."+victim+"."+b64.EncodeToString(digest("tag")), "signature"),
		w.forgedHS("B2/short tag", "the first 16 bytes of the right tag", w.goodHS[:len(w.goodHS)-43]+b64.EncodeToString(tag([]byte(Secret), w.goodHS[:len(w.goodHS)-44])[:16]), "malformed"),
	}
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// algorithms are B3 and B4: words for alg that no allow-list has, once without a
// signature and once with one of the platform's key over just that header.
func (w *world) algorithms() []Case {
	var all []Case
	for _, a := range []struct{ name, value, reason string }{
		{"none", `"none"`, "algorithm"},
		{"None", `"None"`, "algorithm"},
		{"NONE", `"NONE"`, "algorithm"},
		{"nOnE", `"nOnE"`, "algorithm"},
		{"none blank", `"none "`, "algorithm"},
		{"escaped none", `"\u006eone"`, "algorithm"},
		{"empty", `""`, "algorithm"},
		{"es256", `"es256"`, "algorithm"},
		{"blank", `"ES256 "`, "algorithm"},
		{"NUL", `"ES256\u0000"`, "algorithm"},
		{"null", "null", "malformed"},
		{"number", "256", "malformed"},
		{"list", `["ES256"]`, "malformed"},
		{"object", `{"ES256":true}`, "malformed"},
		{"true", "true", "malformed"},
		{"absent", "", "malformed"},
	} {
		header := w.platform.header().set("alg", a.value)
		if a.value == "" {
			header = header.drop("alg")
		}
		signed := w.platform.token(header.text(), w.claims.text())
		bare := signed[:strings.LastIndexByte(signed, '.')+1]
		all = append(
			all, w.forged("B3/"+a.name, "alg is "+a.name+", no signature", bare, a.reason),
			w.signed("B3/"+a.name+" signed", "alg is "+a.name+", signed with the right key", signed, a.reason),
		)
		if a.value == `"none"` {
			all = append(all, w.forgedHS("B3/none HS256", "alg is none at a verifier of HS256", bare, a.reason))
		}
	}
	h, p, _ := segments(w.good)
	hsHead, hsPayload, _ := segments(w.goodHS)
	short := h + "." + p + "." + b64.EncodeToString(tag([]byte(Secret), h+"."+p))
	long := hsHead + "." + hsPayload + "." + b64.EncodeToString(w.platform.sign(hsHead+"."+hsPayload))
	mac := w.signed("B4/tag under ES256", "alg says ES256, the signature is an HMAC", short, "malformed")
	ecdsa := w.signed("B4/ECDSA under HS256", "alg says HS256, the signature is one of ES256", long, "malformed")
	ecdsa.Settings = settings(HS256)
	return append(all, mac, ecdsa)
}

// publicKeyAsSecret are B5: HS256, keyed with every text that the public key has. A
// verifier of both kinds is the one to be confused, so it gets them too.
func (w *world) publicKeyAsSecret() []Case {
	k := w.platform
	der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	if err != nil {
		panic("wrongtoken: public key: " + err.Error())
	}
	block := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	jwk, point := k.jwk(), string(k.point())
	kidBytes, err := hex.DecodeString(k.kid)
	if err != nil {
		panic("wrongtoken: key ID: " + err.Error())
	}
	thumb := object{{"crv", jwk.get("crv")}, {"kty", jwk.get("kty")}, {"x", jwk.get("x")}, {"y", jwk.get("y")}}
	backwards := slices.Clone(jwk)
	slices.Reverse(backwards)
	sign := map[byte]string{0: "\x02", 1: "\x03"}[point[64]&1]
	var all []Case
	for _, key := range []struct{ name, told, secret string }{
		{"PEM", "PEM", block},
		{"PEM without newline", "PEM without the last line break", strings.TrimSuffix(block, "\n")},
		{"PEM CRLF", "PEM with CRLF", strings.ReplaceAll(block, "\n", "\r\n")},
		{"PEM body", "PEM without its first and last line", strings.Join(strings.Split(block, "\n")[1:3], "")},
		{"DER", "DER", string(der)},
		{"JWK", "JWK as published", jwk.text()},
		{"JWK thumbprint", "JWK as RFC 7638 writes it", thumb.text()},
		{"JWK backwards", "JWK with its members backwards", backwards.text()},
		{"JWK spaced", "JWK with a blank behind each comma", strings.ReplaceAll(jwk.text(), ",", ", ")},
		{"set", "whole JWK Set", w.set},
		{"point", "point: 04, x, y", point},
		{"x and y", "coordinates x and y", point[1:]},
		{"compressed", "compressed point", sign + point[1:33]},
		{"x", "coordinate x", point[1:33]},
		{"x text", "coordinate x in base64url", strings.Trim(jwk.get("x"), `"`)},
		{"kid", "key ID", k.kid},
		{"kid bytes", "key ID out of hex", string(kidBytes)},
	} {
		token := macToken(key.secret, k.header().set("alg", str("HS256")).text(), w.claims.set("sub", str(Victim)).text())
		one := w.forged("B5/"+key.name, "HS256 keyed with the public key's "+key.told, token, "algorithm")
		two := w.forged("B5/"+key.name+" at both", "the same at a verifier of ES256 and HS256", token, "signature")
		two.Settings = settings(Both)
		all = append(all, one, two)
	}
	return all
}

// weakSecrets are B6 to B8: HS256, keyed with what somebody may have left in place of
// the secret, what everybody knows, or what can be guessed.
func (w *world) weakSecrets() []Case {
	var all []Case
	victim := w.claims.set("sub", str(Victim)).text()
	for _, key := range []struct{ id, told, secret string }{
		{"B6/empty", "nothing", ""},
		{"B6/NUL", "one NUL", "\x00"},
		{"B6/32 NULs", "32 NULs", strings.Repeat("\x00", 32)},
		{"B6/null", "null", "null"},
		{"B6/undefined", "undefined", "undefined"},
		{"B6/redacted", "the text that stands for a secret in logs", "[redacted]"},
		{"B7/channel ID", "the channel ID", Channel},
		{"B7/LIFF ID", "the LIFF ID", Channel + "-abcdefgh"},
		{"B7/app name", "the name of the app", "Hanako's Flowers"},
		{"B7/host", "the host name of the server", "flowers.example.com"},
		{"B7/SECRET", "the secret in upper case", strings.ToUpper(Secret)},
	} {
		token := macToken(key.secret, hsHeader.text(), victim)
		all = append(all, w.forgedHS(key.id, "HS256 keyed with "+key.told, token, "signature"))
	}
	for _, key := range []struct{ id, told, secret string }{
		{"B8/empty", "no secret at all, as by a lost setting", ""},
		{"B8/word", "a word for a secret", "correcthorsebatterystaple"},
		{"B8/31 bytes", "a secret that lost its last digit", Secret[:31]},
	} {
		c := w.forgedHS(key.id, "the server is set up with "+key.told, macToken(key.secret, hsHeader.text(), victim), "config")
		c.Settings.Secret = key.secret
		all = append(all, c)
	}
	return all
}

// rightKeyWrongPlace is B9: a token of the web login where those of the LIFF app are
// wanted, which is a matter of how the verifier is set.
func (w *world) rightKeyWrongPlace() []Case {
	c := w.signed("B9/web login", "HS256 by the real secret, sent where ES256 is wanted", w.goodHS, "algorithm")
	c.Option = "key types: ES256 alone"
	both := settings(Both)
	c.Without = &both
	back := w.signed("B9/LIFF", "ES256 token of a LIFF app, sent where HS256 is wanted", w.good, "algorithm")
	back.Settings = settings(HS256)
	back.Option, back.Without = "key types: HS256 alone", &both
	return []Case{c, back}
}
