package wrongtoken

import (
	"fmt"
	"slices"
	"strings"
)

// otherPurposes are C18: tokens that the same key signed for something else.
func (w *world) otherPurposes() []Case {
	var all []Case
	for _, typ := range []string{"at+jwt", "application/at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "JWE", "JOSE", ""} {
		token := w.platform.token(w.platform.header().set("typ", str(typ)).text(), w.claims.text())
		name := typ
		if name == "" {
			name = "empty"
		}
		all = append(all, w.signed("C18/"+strings.ReplaceAll(name, "/", " "), "typ is "+name, token, "malformed"))
	}
	list := w.platform.token(w.platform.header().set("typ", `["JWT"]`).text(), w.claims.text())
	context := object{{"iss", str(Issuer)}, {"aud", str(Channel)}, {"exp", since(hour)}, {"iat", since(0)}, {"liffId", str(Channel + "-abcdefgh")}}
	assertion := w.claims.set("iss", str(Channel)).set("sub", str(Channel)).set("aud", str("https://api.line.me/"))
	return append(
		all, w.signed("C18/list", "typ is a list", list, "malformed"),
		w.claimed("C18/no user", "a token of the platform about an app, not a user", context, "malformed"),
		w.claimed("C18/assertion", "a client assertion", assertion, "issuer"),
	)
}

// status are C23: the token is in time, the user is gone. Nothing in it can tell.
func (w *world) status() []Case {
	c := w.signed("C23/gone", "the user left the app after the token was issued", w.good, "inactive")
	without := c.Settings
	c.Option, c.Without = "ask the platform", &without
	return []Case{c}
}

// foldedClaims are C20: names that are the right ones only to a reader who does not
// look at capitals.
func (w *world) foldedClaims() []Case {
	var all []Case
	for _, m := range []struct{ name, folded, wrong, reason string }{
		{"aud", "AUD", str(otherChannel), "audience"},
		{"iss", "Iss", str("https://attacker.example"), "issuer"},
		{"exp", "EXP", since(-hour), "expired"},
		{"iat", "IAT", since(hour - 100), "not_yet_valid"},
	} {
		all = append(
			all, w.claimed(fmt.Sprintf("C20/%s", m.folded), m.name+" is wrong, and behind it "+m.folded+" is right", w.claims.set(m.name, m.wrong).last(m.folded, w.claims.get(m.name)), m.reason),
			w.claimed(fmt.Sprintf("C20/%s alone", m.folded), m.folded+" in place of "+m.name, w.claims.drop(m.name).last(m.folded, w.claims.get(m.name)), "malformed"),
		)
	}
	for _, name := range []string{"SUB", "Sub", "\u017fub"} {
		told := name
		if name == "\u017fub" {
			told = "sub with a long s"
		}
		beside := w.claimed("C20/"+told+" beside", "the attacker's own sub, and behind it "+told+" of a victim", w.claims.last(name, str(Victim)), "")
		beside.Own = User
		all = append(all, beside, w.claimed("C20/"+told+" alone", told+" in place of sub", w.claims.drop("sub").last(name, str(Victim)), "malformed"))
	}
	return all
}

// payloadForms are C21: a payload that is not exactly one JSON object.
func (w *world) payloadForms() []Case {
	good := w.claims.text()
	inner := strings.TrimSuffix(good, "}")
	var all []Case
	for _, p := range []struct{ name, told, text string }{
		{"second object", "a second object behind", good + w.claims.set("sub", str(Victim)).text()},
		{"garbage", "a word behind", good + "x"},
		{"NUL", "a NUL behind", good + "\x00"},
		{"brace", "a brace behind", good + "}"},
		{"list", "a list of claims", "[" + good + "]"},
		{"text", "the claims as one text", str(strings.ReplaceAll(good, `"`, `\"`))},
		{"null", "null", "null"},
		{"number", "a number", "1"},
		{"empty", "nothing", ""},
		{"empty object", "an empty object", "{}"},
		{"BOM", "a byte order mark in front", "\ufeff" + good},
		{"comment", "a comment inside", strings.Replace(good, ",", ",/* sub */", 1)},
		{"comma", "a comma behind the last member", inner + ",}"},
		{"NaN", "a member that is NaN", inner + `,"x":NaN}`},
		{"hex", "a member that is a number in hex", inner + `,"x":0x10}`},
		{"zeros", "a member with a zero in front", inner + `,"x":01}`},
		{"quotes", "single quotes", strings.ReplaceAll(good, `"`, `'`)},
		{"bare name", "a name without quotes", inner + `,x:1}`},
		{"cut", "the last brace is missing", inner},
		{"control", "a line break inside a text", inner + ",\"x\":\"a\nb\"}"},
		{"UTF-16", "UTF-16", utf16(good)},
	} {
		all = append(all, w.signed("C21/"+p.name, "payload: "+p.told, w.platform.token(w.platform.header().text(), p.text), "malformed"))
	}
	return all
}

// utf16 writes ASCII and what follows it with two bytes a character, as far as it goes.
func utf16(text string) string {
	out := []byte{0xfe, 0xff}
	for _, r := range text {
		out = append(out, byte(r>>8), byte(r))
	}
	return string(out)
}

// characters are C22: texts that two readers spell differently.
func (w *world) characters() []Case {
	return slices.Concat(w.variants("C22", "sub", []variant{
		{"sub not UTF-8", "is not UTF-8", "\"U\xff\xfe\"", "malformed"},
		{"sub overlong", "holds an overlong form", "\"U\xc0\xaf\"", "malformed"},
		{"sub surrogate", "holds half a surrogate pair", `"U\ud83d"`, "malformed"},
		{"sub surrogates turned", "holds a surrogate pair turned round", `"U\ude00\ud83d"`, "malformed"},
		{"sub NUL", "holds a NUL", str(User + `\u0000x`), "malformed"},
		{"sub escape", "holds an escape that there is not", `"U\x41"`, "malformed"},
	}), w.variants("C22", "name", []variant{
		{"name not UTF-8", "is not UTF-8", "\"\xff\xfe\"", "malformed"},
		{"name surrogate", "holds half a surrogate pair", `"\ud83d"`, "malformed"},
		{"name NUL", "holds a NUL", str(`a\u0000b`), "malformed"},
	}))
}

// spellings are C24: other spellings of the same bytes. Those of the signature can be
// made by anybody who has a token; they are aliases which a list of used tokens does
// not know.
func (w *world) spellings() []Case {
	h, p, s := segments(w.good)
	var all []Case
	anybody := func(name, attack, token string) {
		all = append(all, w.forged("C24/"+name, attack, token, "malformed"))
	}
	anybody("padded", "padding behind the signature", h+"."+p+"."+s+"==")
	anybody("plus", "the other alphabet in the signature", h+"."+p+"."+otherAlphabet(s))
	anybody("newline", "a line break inside the signature", h+"."+p+"."+s[:40]+"\n"+s[40:])
	anybody("CRLF", "CRLF inside the signature", h+"."+p+"."+s[:40]+"\r\n"+s[40:])
	anybody("newline behind", "a line break behind", w.good+"\n")
	anybody("newline in front", "a line break in front", "\n"+w.good)
	anybody("blank behind", "a blank behind", w.good+" ")
	anybody("blank in front", "a blank in front", " "+w.good)
	anybody("tab", "a tab behind", w.good+"\t")
	anybody("NUL", "a NUL behind", w.good+"\x00")
	anybody("unused bits", "bits set that the signature's last character does not use", h+"."+p+"."+unusedBits(s))
	anybody("Bearer", "the word Bearer in front", "Bearer "+w.good)
	anybody("quotes", "in quotes", `"`+w.good+`"`)
	anybody("percent", "a dot written as %2E", strings.Replace(w.good, ".", "%2E", 1))
	for _, m := range []struct {
		name, told string
		change     func(segment string) string
	}{
		{"padded", "padding", func(s string) string { return s + strings.Repeat("=", (4-len(s)%4)%4) }},
		{"newline", "a line break", func(s string) string { return s[:4] + "\n" + s[4:] }},
		{"unused bits", "unused bits set", unusedBits},
	} {
		// A header and a payload of a length that has padding.
		head, body := encode(padTo(w.platform.header()).text()), encode(padTo(w.claims).text())
		for _, where := range []struct{ name, signed string }{
			{"header", m.change(head) + "." + body},
			{"payload", head + "." + m.change(body)},
		} {
			token := where.signed + "." + b64.EncodeToString(w.platform.sign(where.signed))
			all = append(all, w.signed("C24/"+where.name+" "+m.name, m.told+" in the "+where.name+", signed just so", token, "malformed"))
		}
	}
	return all
}

// padTo adds an unknown member until the text's length leaves bits of base64 unused.
func padTo(o object) object {
	for pad := ""; ; pad += "x" {
		if padded := o.last("pad", str(pad)); len(padded.text())%3 == 1 {
			return padded
		}
	}
}

// unusedBits sets a bit of the last character that no byte uses.
func unusedBits(segment string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, segment[len(segment)-1])
	return segment[:len(segment)-1] + string(alphabet[last|1])
}

// otherAlphabet writes a segment as base64 does which is not for URLs.
func otherAlphabet(segment string) string {
	out := strings.NewReplacer("-", "+", "_", "/").Replace(segment)
	if out == segment {
		panic("wrongtoken: the good signature has no character in which the alphabets differ")
	}
	return out
}
