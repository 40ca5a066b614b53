package wrongtoken

import "fmt"

// world has the keys of everybody, and the good token.
type world struct {
	platform keyPair // the key that signs now
	next     keyPair // the other one that the platform has published
	retired  keyPair // published no more
	attacker keyPair // published never
	emulator keyPair // of a platform for tests

	set    string // JWK Set of the platform
	claims object // of the good token
	good   string // signed with ES256
	goodHS string // signed with HS256
}

func newWorld() *world {
	w := &world{
		platform: newKey("platform"), next: newKey("next"), retired: newKey("retired"),
		attacker: newKey("attacker"), emulator: newKey("emulator"),
		claims: object{
			{"iss", str(Issuer)},
			{"sub", str(User)},
			{"aud", str(Channel)},
			{"exp", since(hour)},
			{"iat", since(0)},
			{"auth_time", since(-60)},
			{"nonce", str(Nonce)},
			{"amr", `["pwd","mfa"]`},
			{"name", str("鈴木 花子")},
			{"picture", str("https://example.com/p")},
			{"email", str("hanako@example.com")},
		},
	}
	w.set = set(w.platform.jwk(), w.next.jwk())
	w.good = w.es(w.claims)
	w.goodHS = w.hs(w.claims)
	return w
}

// es returns the platform's ES256 token with these claims.
func (w *world) es(claims object) string {
	return w.platform.token(w.platform.header().text(), claims.text())
}

// hs returns the platform's HS256 token with these claims.
func (w *world) hs(claims object) string { return macToken(Secret, hsHeader.text(), claims.text()) }

// forged returns a case that needs no key of the platform, for a verifier of ES256.
func (w *world) forged(id, attack, token, reason string) Case {
	c := w.signed(id, attack, token, reason)
	c.Forged = true
	return c
}

// forgedHS returns one for a verifier of HS256.
func (w *world) forgedHS(id, attack, token, reason string) Case {
	c := w.forged(id, attack, token, reason)
	c.Settings = settings(HS256)
	return c
}

// signed returns a case that the platform's key has signed, for a verifier of ES256.
func (w *world) signed(id, attack, token, reason string) Case {
	return Case{ID: id, Attack: attack, Set: w.set, Token: token, Settings: settings(ES256), Reason: reason}
}

// Controls returns the good tokens: a verifier that refuses one of them shows nothing by
// refusing the others.
func Controls() []Case {
	w := newWorld()
	es := w.signed("control/ES256", "none: the good token of a LIFF app", w.good, "")
	hs := w.signed("control/HS256", "none: the good token of a web login", w.goodHS, "")
	hs.Settings = settings(HS256)
	next := w.signed("control/next key", "none: signed with the platform's other key", w.next.token(w.next.header().text(), w.claims.text()), "")
	asked := w.signed("control/asked", "none: nonce, max age and methods are asked for", w.good, "")
	asked.Settings.Nonce, asked.Settings.MaxAge, asked.Settings.AMR = Nonce, hour*1e9, []string{"mfa"}
	late := w.signed("control/late", "none: nearly expired", w.es(w.claims.set("exp", since(5)).set("iat", since(5-hour))), "")
	return []Case{es, hs, next, asked, late}
}

// Fresh returns count good tokens, each another one of another user, and the JWK Set for
// them: for those who measure.
func Fresh(keys Keys, count int) (tokens []string, set string) {
	w := newWorld()
	for n := range count {
		claims := w.claims.set("nonce", str("n-"+num(int64(n)))).set("sub", str(fmt.Sprintf("U%032d", n)))
		if keys == HS256 {
			tokens = append(tokens, w.hs(claims))
		} else {
			tokens = append(tokens, w.es(claims))
		}
	}
	return tokens, w.set
}
