package wrongtoken

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// claimed returns a case with these claims, signed with ES256 by the platform.
func (w *world) claimed(id, attack string, claims object, reason string) Case {
	return w.signed(id, attack, w.es(claims), reason)
}

// variant is one wrong value of a claim; an empty value leaves the claim out.
type variant struct{ name, told, value, reason string }

// variants returns a case for each value.
func (w *world) variants(row, claim string, all []variant) []Case {
	var out []Case
	for _, v := range all {
		claims := w.claims.set(claim, v.value)
		if v.value == "" {
			claims = w.claims.drop(claim)
		}
		out = append(out, w.claimed(row+"/"+v.name, claim+" "+v.told, claims, v.reason))
	}
	return out
}

// times are C1 to C5.
func (w *world) times() []Case {
	span := func(id, attack string, iat, exp int64, reason string) Case {
		return w.claimed(id, attack, w.claims.set("exp", since(exp)).set("iat", since(iat)).set("auth_time", since(iat-60)), reason)
	}
	const day = 24 * hour
	hs := w.signed("C1/hour HS256", "expired an hour ago, HS256", w.hs(w.claims.set("exp", since(-hour)).set("iat", since(-2*hour))), "expired")
	hs.Settings = settings(HS256)
	return slices.Concat([]Case{
		span("C1/leeway", "expired by the leeway and a second", -hour, -61, "expired"),
		span("C1/hour", "expired an hour ago", -2*hour, -hour, "expired"),
		span("C1/day", "expired a day ago", -day-hour, -day, "expired"),
		hs,
	}, w.variants("C2", "exp", []variant{
		{"absent", "is absent", "", "malformed"},
		{"null", "is null", "null", "malformed"},
		{"text", "is a text", str(since(hour)), "malformed"},
		{"word", "is a word", str("never"), "malformed"},
		{"1e300", "is 1e300", "1e300", "malformed"},
		{"1e400", "is beyond what a float holds", "1e400", "malformed"},
		{"exponent", "is ahead, written with an exponent", "1.8e9", "malformed"},
		{"float", "has a fraction", since(hour) + ".5", "malformed"},
		{"negative", "is negative", "-1", "malformed"},
		{"zero", "is 0", "0", "malformed"},
		{"2^63", "is 2^63", "9223372036854775808", "malformed"},
		{"2^64", "is 2^64 and an hour", "18446744075476820261", "malformed"},
		{"milliseconds", "is in milliseconds, of a token that expired a day ago", since(-day) + "000", "malformed"},
		{"true", "is true", "true", "malformed"},
		{"list", "is a list", "[" + since(hour) + "]", "malformed"},
		{"object", "is an object", `{"$gt":0}`, "malformed"},
	}), []Case{
		span("C3/exp before iat", "exp is before iat, both within the leeway", 10, 5, "expired"),
		span("C3/equal", "exp equals iat", 0, 0, "expired"),
		span("C3/ten years", "exp is ten years ahead", 0, 10*365*day, "malformed"),
		span("C4/leeway", "issued in the future, by the leeway and a second", 61, hour, "not_yet_valid"),
		span("C4/hour", "issued an hour ahead", hour, 2*hour, "not_yet_valid"),
		span("C4/day", "issued a day ahead", day, day+hour, "not_yet_valid"),
	}, w.variants("C4", "iat", []variant{
		{"absent", "is absent", "", "malformed"},
		{"null", "is null", "null", "malformed"},
		{"text", "is a text", str(since(0)), "malformed"},
		{"negative", "is negative", "-1", "malformed"},
	}), w.variants("C5", "nbf", []variant{
		{"hour", "lies an hour ahead", since(hour - 100), "not_yet_valid"},
		{"day", "lies a day ahead", since(day), "not_yet_valid"},
		{"text", "is a text", str(since(-60)), "malformed"},
		{"null", "is null", "null", "malformed"},
	}))
}

// audiences are C6 to C9.
func (w *world) audiences() []Case {
	ours := str(Channel)
	hs := w.signed("C6/sibling HS256", "aud is another channel, HS256", w.hs(w.claims.set("aud", str(otherChannel))), "audience")
	hs.Settings = settings(HS256)
	return slices.Concat(w.variants("C6", "aud", []variant{
		{"sibling", "is another channel of the same provider", str(otherChannel), "audience"},
		{"stranger", "is a channel of another provider", str("1653999999"), "audience"},
	}), []Case{
		hs,
		w.claimed("C6/channel elsewhere", "aud is another channel, ours stands in client_id and in azp", w.claims.set("aud", str(otherChannel)).set("client_id", ours).set("azp", ours), "audience"),
	}, w.variants("C7", "aud", []variant{
		{"ours, other", "is a list of ours and another", "[" + ours + `,"2000000002"]`, "malformed"},
		{"other, ours", "is a list of another and ours", `["2000000002",` + ours + "]", "malformed"},
		{"nested", "is a list in a list", "[[" + ours + "]]", "malformed"},
		{"empty list", "is an empty list", "[]", "malformed"},
		{"with null", "is a list of ours and null", "[" + ours + ",null]", "malformed"},
		{"with number", "is a list of ours and a number", "[" + ours + ",2000000002]", "malformed"},
		{"object", "is an object with ours for a name", `{` + ours + `:true}`, "malformed"},
	}), w.variants("C8", "azp", []variant{
		{"other", "is another channel", str(otherChannel), "audience"},
		{"list", "is a list", "[" + ours + "]", "malformed"},
		{"empty", "is empty", str(""), "malformed"},
	}), w.variants("C9", "aud", []variant{
		{"absent", "is absent", "", "malformed"},
		{"null", "is null", "null", "malformed"},
		{"empty", "is empty", str(""), "malformed"},
		{"number", "is a number", Channel, "malformed"},
		{"float", "is a number with a fraction", Channel + ".0", "malformed"},
		{"true", "is true", "true", "malformed"},
		{"part", "is a part of ours", str(Channel[:9]), "audience"},
		{"longer", "is longer than ours", str(Channel + "1"), "audience"},
		{"zero in front", "is ours with a zero in front", str("0" + Channel), "audience"},
		{"blank behind", "is ours with a blank behind", str(Channel + " "), "audience"},
		{"blank in front", "is ours with a blank in front", str(" " + Channel), "audience"},
		{"line break", "is ours with a line break behind", str(Channel + `\n`), "audience"},
		{"two in a text", "is a text with both channels", str(Channel + " " + otherChannel), "audience"},
		{"full width", "is ours in full-width digits", str("２００００００００１"), "audience"},
		{"pattern", "is a pattern", str("*"), "audience"},
	}))
}

// issuers are C10.
func (w *world) issuers() []Case {
	return w.variants("C10", "iss", []variant{
		{"other", "is another platform", str("https://attacker.example"), "issuer"},
		{"slash", "has a slash behind", str(Issuer + "/"), "issuer"},
		{"http", "has http", str("http://access.line.me"), "issuer"},
		{"capitals", "has the host in capitals", str("https://ACCESS.LINE.ME"), "issuer"},
		{"port", "has the port", str(Issuer + ":443"), "issuer"},
		{"no scheme", "has no scheme", str("access.line.me"), "issuer"},
		{"path", "has a path", str(Issuer + "/other"), "issuer"},
		{"query", "has a query", str(Issuer + "?"), "issuer"},
		{"user", "has ours for a user of another host", str(Issuer + "@attacker.example"), "issuer"},
		{"longer host", "begins like ours", str(Issuer + ".attacker.example"), "issuer"},
		{"dot", "has a dot behind the host", str(Issuer + "."), "issuer"},
		{"blank", "has a blank behind", str(Issuer + " "), "issuer"},
		{"list", "is a list", `["` + Issuer + `"]`, "malformed"},
		{"two", "is a list of ours and another", `["` + Issuer + `","https://attacker.example"]`, "malformed"},
		{"absent", "is absent", "", "malformed"},
		{"null", "is null", "null", "malformed"},
		{"empty", "is empty", str(""), "malformed"},
		{"number", "is a number", "0", "malformed"},
		{"object", "is an object", `{}`, "malformed"},
	})
}

// subjects are C11: a user that is nobody, or whom everybody else is too.
func (w *world) subjects() []Case {
	return w.variants("C11", "sub", []variant{
		{"absent", "is absent", "", "malformed"},
		{"null", "is null", "null", "malformed"},
		{"empty", "is empty", str(""), "malformed"},
		{"number", "is a number", "7", "malformed"},
		{"true", "is true", "true", "malformed"},
		{"object", "is an object", `{"id":"` + User + `"}`, "malformed"},
		{"list", "is a list", `["` + User + `"]`, "malformed"},
		{"10 kB", "has 10,000 bytes", str(strings.Repeat("U", 10000)), "malformed"},
		{"256 bytes", "has 256 bytes", str(strings.Repeat("U", 256)), "malformed"},
	})
}

// doubledClaims are C12: two readers take two different values.
func (w *world) doubledClaims() []Case {
	var all []Case
	for _, m := range []struct{ name, other string }{
		{"sub", str(Victim)},
		{"aud", str(otherChannel)},
		{"iss", str("https://attacker.example")},
		{"exp", since(-hour)},
		{"nonce", str("n-other")},
	} {
		all = append(
			all, w.claimed(fmt.Sprintf("C12/%s first", m.name), m.name+" twice, the wrong one first", w.claims.first(m.name, m.other), "malformed"),
			w.claimed(fmt.Sprintf("C12/%s last", m.name), m.name+" twice, the wrong one last", w.claims.last(m.name, m.other), "malformed"),
		)
	}
	return append(
		all, w.claimed("C12/escaped", "sub, and the same name written with an escape", w.claims.last(`\u0073ub`, str(Victim)), "malformed"),
		w.claimed("C12/far apart", "sub twice, 40 members apart", w.manyMembers(40).last("sub", str(Victim)), "malformed"),
	)
}

// manyMembers returns the good claims and n unknown ones.
func (w *world) manyMembers(n int) object {
	claims := w.claims
	for i := range n {
		claims = claims.last(fmt.Sprintf("m%d", i), "0")
	}
	return claims
}

// logins are C13 to C17 and C19: what this login asked for. All of them are good
// tokens; only the caller can know what to demand.
func (w *world) logins() []Case {
	asked := func(id, attack, option string, claims object, reason string, ask func(*Settings)) Case {
		c := w.claimed(id, attack, claims, reason)
		without := c.Settings
		ask(&c.Settings)
		c.Option, c.Without = option, &without
		return c
	}
	nonce := func(s *Settings) { s.Nonce = Nonce }
	other := func(s *Settings) { s.Nonce = "n-of-the-second-login" }
	recent := func(s *Settings) { s.MaxAge = 10 * time.Minute }
	mfa := func(s *Settings) { s.AMR = []string{"mfa"} }
	c13 := []Case{
		asked("C13/absent", "the login had a nonce, the token has none", "nonce", w.claims.drop("nonce"), "nonce", nonce),
		asked("C13/other", "the nonce of another login", "nonce", w.claims.set("nonce", str("n-other")), "nonce", nonce),
		asked("C13/capitals", "the nonce in capitals", "nonce", w.claims.set("nonce", str(strings.ToUpper(Nonce))), "nonce", nonce),
		asked("C13/longer", "a nonce that begins like ours", "nonce", w.claims.set("nonce", str(Nonce+"x")), "nonce", nonce),
	}
	// Of the wrong type, they are refused with no option as well.
	for _, v := range []variant{{"list", "is a list with ours", `["` + Nonce + `"]`, "malformed"}, {"null", "is null", "null", "malformed"}} {
		c := w.claimed("C13/"+v.name, "nonce "+v.told, w.claims.set("nonce", v.value), v.reason)
		nonce(&c.Settings)
		c13 = append(c13, c)
	}
	text := w.claimed("C17/text", "amr is the text mfa, not a list", w.claims.set("amr", str("mfa")), "malformed")
	mfa(&text.Settings)
	ahead := w.claimed("C16/ahead", "auth_time lies ahead", w.claims.set("auth_time", since(hour)), "max_age")
	recent(&ahead.Settings)
	words := w.claimed("C16/text", "auth_time is a text", w.claims.set("auth_time", str(since(-60))), "malformed")
	recent(&words.Settings)
	return slices.Concat(c13, []Case{
		asked("C14/second login", "a token of the first login again, at the second", "nonce", w.claims, "nonce", other),
		asked("C16/old", "the user authenticated an hour ago, ten minutes are allowed", "max age", w.claims.set("auth_time", since(-hour)), "max_age", recent),
		asked("C16/absent", "the token does not tell when the user authenticated", "max age", w.claims.drop("auth_time"), "max_age", recent),
		ahead, words,
		asked("C17/password", "a password only, mfa is demanded", "amr", w.claims.set("amr", `["pwd"]`), "method", mfa),
		asked("C17/xmfa", "xmfa, mfa is demanded", "amr", w.claims.set("amr", `["pwd","xmfa"]`), "method", mfa),
		asked("C17/MFA", "MFA in capitals, mfa is demanded", "amr", w.claims.set("amr", `["pwd","MFA"]`), "method", mfa),
		asked("C17/in one text", "pwd mfa in one text of the list", "amr", w.claims.set("amr", `["pwd mfa"]`), "method", mfa),
		asked("C17/absent", "no amr, mfa is demanded", "amr", w.claims.drop("amr"), "method", mfa),
		text,
		asked("C19/other app", "a token of another LIFF app of the same channel", "nonce", w.claims.set("nonce", str("n-of-the-other-app")), "nonce", nonce),
	})
}
