package wrongtoken

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"
	"time"
)

// keysInHeader are B10 to B12: the attacker brings the key, or says where it lies.
func (w *world) keysInHeader() []Case {
	a := w.attacker
	victim := w.claims.set("sub", str(Victim)).text()
	private := a.jwk().set("d", str(b64.EncodeToString(scalar(a))))
	own := "https://attacker.example/certs"
	certificate := w.certificate()
	print1 := sha256.Sum256(certificate)
	var all []Case
	add := func(id, attack string, header object) {
		all = append(all, w.forged(id, attack, a.token(header.text(), victim), "malformed"))
	}
	add("B10/jwk", "the attacker's key in the header", a.header().set("jwk", a.jwk().text()))
	add("B10/jwk, our kid", "the same under the key ID of the platform", w.platform.header().set("jwk", a.jwk().set("kid", str(w.platform.kid)).text()))
	add("B10/jwk, no kid", "the same without a key ID", a.header().drop("kid").set("jwk", a.jwk().text()))
	add("B10/private", "the attacker's private key in the header", a.header().set("jwk", private.text()))
	for _, u := range []struct{ name, told, url string }{
		{"own", "the attacker's own server", own},
		{"at", "the platform's name as user of the attacker's host", "https://access.line.me@attacker.example/certs"},
		{"prefix", "a host that begins like the platform's", "https://access.line.me.attacker.example/certs"},
		{"backslash", "a backslash behind the platform's host", `https://attacker.example\\@access.line.me/certs`},
		{"redirect", "an open redirect of the platform", "https://access.line.me/redirect?to=https://attacker.example/certs"},
		{"path", "a file that somebody may upload", "https://access.line.me/oauth2/v2.1/certs/../../../files/1.json"},
		{"data", "the key set in the address itself", "data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(set(a.jwk())))},
		{"file", "a file of the server", "file:///etc/hostname"},
		{"metadata", "the metadata service of a cloud", "http://169.254.169.254/latest/meta-data"},
	} {
		add("B11/"+u.name, "jku: "+u.told, a.header().set("jku", str(u.url)))
	}
	add("B11/our kid", "jku with the platform's key ID", w.platform.header().set("jku", str(own)))
	add("B12/x5u", "x5u: the attacker's certificate", a.header().set("x5u", str("https://attacker.example/cert.pem")))
	add("B12/x5c", "x5c: a certificate signed by itself", a.header().set("x5c", `["`+base64.StdEncoding.EncodeToString(certificate)+`"]`))
	add("B12/x5c, our kid", "the same under the platform's key ID", w.platform.header().set("x5c", `["`+base64.StdEncoding.EncodeToString(certificate)+`"]`))
	x5t := w.forged("B12/x5t", "x5t#S256: the print of the attacker's certificate", a.token(a.header().set("x5t#S256", str(b64.EncodeToString(print1[:]))).text(), victim), "unknown_key")
	return append(all, x5t)
}

func scalar(k keyPair) []byte {
	raw, err := k.private.Bytes()
	if err != nil {
		panic("wrongtoken: private key: " + err.Error())
	}
	return raw
}

// certificate is one that the attacker made for himself.
func (w *world) certificate() []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "access.line.me"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(nil, template, template, &w.attacker.private.PublicKey, w.attacker.private)
	if err != nil {
		panic("wrongtoken: certificate: " + err.Error())
	}
	return der
}

// keyIDs are B13 to B15: a key ID that a careless server looks up somewhere.
func (w *world) keyIDs() []Case {
	victim := w.claims.set("sub", str(Victim)).text()
	var all []Case
	for _, k := range []struct{ id, told, kid, content string }{
		{"B13/dev null", "of an empty file", "../../../../dev/null", ""},
		{"B13/absolute", "of an empty file, absolute", "/dev/null", ""},
		{"B13/file", "of a file that everybody may read", "../static/robots.txt", "User-agent: *\n"},
		{"B13/encoded", "of an empty file, encoded", "..%2f..%2fdev%2fnull", ""},
		{"B14/SQL", "that selects a known key", "x' UNION SELECT 'known' -- ", "known"},
		{"B14/SQL or", "that is true for each key", "x' OR '1'='1", "known"},
		{"B14/LDAP", "that finds each entry", "*)(uid=*))(|(uid=*", "known"},
		{"B14/template", "that a template works out", "{{7*7}}${7*7}", "49"},
		{"B14/command", "that runs a command", "x; sleep 10 #$(sleep 10)", ""},
		{"B15/URL", "that is an address", "https://attacker.example/key", "known"},
		{"B15/CRLF", "with a line break", `x\r\nX-Injected: 1`, "known"},
	} {
		header := object{{"kid", str(k.kid)}, {"typ", str("JWT")}, {"alg", str("HS256")}}
		one := w.forged(k.id, "key ID "+k.told+", HS256 by its content", macToken(k.content, header.text(), victim), "algorithm")
		two := w.forgedHS(k.id+" at HS256", "the same at a verifier of HS256", macToken(k.content, header.text(), victim), "signature")
		three := w.forged(k.id+" ES256", "the same key ID, signed by the attacker", w.attacker.token(w.attacker.header().set("kid", str(k.kid)).text(), victim), "unknown_key")
		all = append(all, one, two, three)
	}
	for _, k := range []struct{ id, told, value string }{
		{"B13/empty", "empty", `""`},
		{"B14/NoSQL", "an object that matches each key", `{"$ne":null}`},
		{"B15/long", "of 8,000 bytes", str(strings.Repeat("k", 8000))},
		{"B15/object", "an object", `{}`},
		{"B15/list", "a list with the right one", `["` + w.platform.kid + `"]`},
		{"B15/number", "a number", "1"},
		{"B15/null", "null", "null"},
		{"B15/false", "false", "false"},
	} {
		header := w.platform.header().set("kid", k.value)
		all = append(
			all, w.forged(k.id, "key ID "+k.told+", signed by the attacker", w.attacker.token(header.text(), victim), "malformed"),
			w.signed(k.id+" signed", "key ID "+k.told+", signed with the platform's key", w.platform.token(header.text(), w.claims.text()), "malformed"),
		)
	}
	return all
}

// otherKeys are B16 and B17: the key is not the one that the key ID names.
func (w *world) otherKeys() []Case {
	victim := w.claims.set("sub", str(Victim)).text()
	a := w.attacker
	return []Case{
		w.forged("B16/own kid", "the attacker's key under a key ID of his own", a.token(a.header().text(), victim), "unknown_key"),
		w.forged("B16/no kid", "the attacker's key, no key ID", a.token(a.header().drop("kid").text(), victim), "unknown_key"),
		w.forged("B16/our kid", "the attacker's key under the platform's key ID", a.token(w.platform.header().text(), victim), "signature"),
		w.signed("B17/other kid", "the platform's key under the key ID of its other key", w.platform.token(w.next.header().text(), w.claims.text()), "signature"),
		w.signed("B17/unknown kid", "the platform's key under a key ID that it has not published", w.platform.token(a.header().text(), w.claims.text()), "unknown_key"),
		w.signed("B17/kid in capitals", "the platform's key ID in capitals", w.platform.token(w.platform.header().set("kid", str(strings.ToUpper(w.platform.kid))).text(), w.claims.text()), "unknown_key"),
		w.signed("B17/kid cut", "the first half of the platform's key ID", w.platform.token(w.platform.header().set("kid", str(w.platform.kid[:32])).text(), w.claims.text()), "unknown_key"),
	}
}

// otherPlatforms are B22: a platform for tests signs what production is sent.
func (w *world) otherPlatforms() []Case {
	e := w.emulator
	dev := macToken("dev0"+strings.Repeat("0", 28), hsHeader.text(), w.claims.text())
	return []Case{
		w.forged("B22/emulator", "signed by a platform for tests", e.token(e.header().text(), w.claims.text()), "unknown_key"),
		w.forged("B22/same kid", "the same, under production's key ID", e.token(w.platform.header().text(), w.claims.text()), "signature"),
		w.forgedHS("B22/dev secret", "HS256 by the secret of a platform for tests", dev, "signature"),
	}
}

// retiredKey is B23: the platform withdrew the key a day ago.
func (w *world) retiredKey() []Case {
	r := w.retired
	c := w.forged("B23/retired", "signed with a key that the platform withdrew a day ago", r.token(r.header().text(), w.claims.set("sub", str(Victim)).text()), "unknown_key")
	wait := 24 * time.Hour
	c.Settings.Now = now
	past := w.claims.set("iat", since(-24*hour)).set("exp", since(-23*hour))
	c.Earlier = &Earlier{Set: set(r.jwk(), w.platform.jwk()), Token: r.token(r.header().text(), past.text()), Wait: wait}
	return []Case{c}
}
