package inspect

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
)

// Want is what a server expects of a token. The zero value of a field expects nothing there,
// so the check is not made; the comment says if Valid then cannot be.
type Want struct {
	Issuer  string // needed
	Channel string // needed: the server's own channel ID
	// Algorithms are those that the server takes; nil: ES256 and HS256, LINE's two.
	Algorithms []string
	Nonce      string
	UserID     string
	MaxAge     time.Duration
	AMR        []string

	Now    time.Time
	Clock  string // whose time that is
	Leeway time.Duration

	// Set is the platform's JWK Set; nil: none is at hand, and ES256 is not verified.
	Set *jose.Set
	// Secret is the channel's; nil: none is at hand, and HS256 is not verified.
	Secret *jose.MACKey
	Keys   string // where they come from
	NoKeys string // why there are none
}

// algorithms of LINE's ID tokens.
var lineAlgorithms = []string{"ES256", "HS256"}

// IDToken explains an ID token.
func IDToken(token string, w Want) *Report {
	r := &Report{Kind: KindIDToken, Now: w.Now.UTC(), Clock: w.Clock, Keys: w.Keys}
	t := &reading{Report: r, Want: w, raw: token}
	t.form()
	t.header()
	t.algorithm()
	t.key()
	t.signature()
	t.claims()
	r.decide()
	if r.Verdict == Valid {
		t.agree()
	}
	return r
}

// reading is an ID token while it is explained.
type reading struct {
	*Report
	Want
	raw     string
	formed  bool
	token   jose.Token
	err     error // of parsing the token
	names   jose.Key
	payload string
}

// form: three parts of base64url.
func (t *reading) form() {
	c := Check{
		Name: "form", Expected: fmt.Sprintf("three parts of base64url without padding, joined by dots; at most %d bytes", jose.MaxToken),
		Consequence: "a lenient reader takes several spellings for one token, and reads what others do not: what was revoked or used comes back in another spelling",
	}
	parts := strings.Split(t.raw, ".")
	c.Actual = fmt.Sprintf("%d parts, %d bytes", len(parts), len(t.raw))
	t.token, t.err = jose.Parse(t.raw)
	var texts []string
	for _, part := range parts[:min(len(parts), 2)] {
		data, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			break
		}
		texts = append(texts, string(data))
	}
	strict := len(texts) == 2 && len(parts) == 3 && len(t.raw) <= jose.MaxToken
	if strict {
		_, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
		strict = err == nil
	}
	if len(texts) > 0 {
		t.Header = object(texts[0])
	}
	if len(texts) > 1 {
		t.Payload, t.payload = object(texts[1]), texts[1]
	}
	c.Status = Pass
	if t.formed = strict; !strict {
		c.Status, c.Reason = Fail, "this is no JWS in compact form (RFC 7515)"
		switch {
		case len(parts) == 5:
			c.Reason = "this is an encrypted token (JWE); LINE's are signed, not encrypted"
		case len(parts) != 3:
			c.Reason = "an ID token has three parts; was all of it copied? An access token is checked with --kind access"
		case len(t.raw) > jose.MaxToken:
			c.Reason = "it is longer than any ID token"
		}
	}
	t.add(c)
}

// object returns a text as JSON if it is one object, read strictly.
func object(text string) json.RawMessage {
	if err := jose.ScanText(text, func(string, jose.Value) error { return nil }); err != nil {
		return nil
	}
	return json.RawMessage(text)
}

func (t *reading) header() {
	c := Check{
		Name: "header", Expected: "a JSON object with alg, kid and typ, no name twice; no jku, jwk, x5u, x5c, crit, zip, enc or cty",
		Consequence: "the header is what the sender wrote: who takes a key from it, or fetches one, lets the sender sign",
	}
	switch {
	case !t.formed:
		c.Status, c.Reason = NotRun, "the token has not the form of one"
	case errors.Is(t.err, jose.ErrMalformed):
		c.Status, c.Reason = Fail, strings.TrimPrefix(t.err.Error(), "malformed: ")
	default:
		c.Status = Pass
	}
	if c.Actual = "cannot be read"; t.Header != nil {
		c.Actual = members(t.Header)
	}
	t.add(c)
}

func (t *reading) algorithm() {
	allowed := t.Algorithms
	if allowed == nil {
		allowed = lineAlgorithms
	}
	c := Check{
		Name: "algorithm", Expected: strings.Join(allowed, " or ") + ", as your server is set to: LIFF apps and native apps get ES256, web logins HS256",
		Consequence: "with alg none there is no signature; where the token chooses, a public key is taken for a secret, and everybody can sign (RFC 8725 section 3.1)",
	}
	c.Actual = said(t.Header, "alg")
	switch {
	case !t.formed || errors.Is(t.err, jose.ErrMalformed):
		c.Status, c.Reason = NotRun, "the header cannot be read"
	case t.err != nil:
		c.Status, c.Reason = Fail, "LINE signs with ES256 or HS256, nothing else"
	case !slices.Contains(allowed, t.token.Header().Algorithm.String()):
		c.Status, c.Reason = Fail, "your server does not take this algorithm"
	default:
		c.Status = Pass
	}
	t.add(c)
}

// said returns a member of a JSON object as it stands there.
func said(text json.RawMessage, member string) string {
	found := "none"
	_ = jose.ScanText(string(text), func(name string, v jose.Value) error { // what is no object says nothing
		if name == member {
			if s, err := v.String(); err == nil {
				found = s
			} else {
				found = string(v.Raw())
			}
		}
		return nil
	})
	return found
}

// members names the members of a JSON object, in order.
func members(text json.RawMessage) string {
	var names []string
	_ = jose.ScanText(string(text), func(name string, _ jose.Value) error { // it was read before
		names = append(names, name)
		return nil
	})
	return orElse(strings.Join(names, ", "), "an empty object")
}

func (t *reading) key() {
	c := Check{
		Name:        "key",
		Consequence: "who tries every key, or fetches keys for each unknown kid, lets strangers make the server work, and may take a retired key",
	}
	if t.err != nil {
		c.Status, c.Actual, c.Expected, c.Reason = NotRun, "kid "+short(said(t.Header, "kid")), "the kid of a key of the platform", "the header cannot be accepted"
		t.add(c)
		return
	}
	h := t.token.Header()
	if c.Actual = "kid " + short(h.KeyID); h.KeyID == "" {
		c.Actual = "no kid"
	}
	if h.Algorithm == jose.HS256 {
		c.Expected = "the channel secret, which has no kid"
		if c.Status = Pass; t.Secret == nil {
			c.Status, c.Reason = NotRun, orElse(t.NoKeys, "no channel secret is at hand: give --channel-secret-file")
		} else {
			t.names = t.Secret
		}
		t.add(c)
		return
	}
	c.Expected = "the kid of a key in the platform's JWK Set"
	if t.Set == nil {
		c.Status, c.Reason = NotRun, orElse(t.NoKeys, "no JWK Set is at hand: give --jwks")
		t.add(c)
		return
	}
	known := make([]string, 0, len(t.Set.Keys()))
	for _, k := range t.Set.Keys() {
		known = append(known, short(k.KeyID()))
	}
	c.Expected += ": " + strings.Join(known, ", ")
	if k, ok := t.Set.Key(h.KeyID); ok && h.KeyID != "" {
		c.Status, t.names = Pass, k
	} else {
		c.Status, c.Reason = Fail, "no key of that name is published: it was retired, belongs to another platform, or was published after the set was fetched"
	}
	t.add(c)
}

// short cuts a key ID, of which LINE's have 64 digits.
func short(id string) string {
	const most = 12
	if len(id) > most {
		return id[:most] + "…"
	}
	return id
}

func (t *reading) signature() {
	c := Check{
		Name: "signature", Expected: "made by that key over header and payload",
		Consequence: "everything below is what anybody could have written",
	}
	switch {
	case t.names == nil:
		c.Status, c.Actual, c.Reason = NotRun, "not looked at", "there is no key to verify it with"
	default:
		if _, err := t.token.Verify(t.names); err != nil {
			c.Status, c.Actual, c.Reason = Fail, "another one", "somebody else signed, or something was changed after signing"
		} else {
			c.Status, c.Actual = Pass, "good"
		}
	}
	t.add(c)
}

// agree asks the library's own rules once more: what they refuse is not valid, whatever is
// said above.
func (t *reading) agree() {
	claims, err := idtoken.ParseText(t.payload)
	if err == nil {
		rules := idtoken.Rules{
			Issuer: t.Issuer, Audience: t.Channel, Now: t.Want.Now, Leeway: t.Leeway, CheckNonce: t.Nonce != "", Nonce: t.Nonce, Subject: t.UserID, AMR: t.AMR,
		}
		if t.MaxAge != 0 {
			rules.MaxAge = &t.MaxAge
		}
		err = claims.Check(rules)
	}
	if err != nil {
		t.add(Check{Name: "library", Status: Fail, Actual: "refused", Expected: "accepted", Reason: err.Error(), Consequence: "package tegata refuses this token"})
		t.decide()
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
