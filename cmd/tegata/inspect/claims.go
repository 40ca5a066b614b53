package inspect

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/idtoken"
)

// userID is the form of LINE's user IDs.
var userID = regexp.MustCompile(`^U[0-9a-f]{32}$`)

// claims makes the checks of the payload. They are made even if the signature is not good,
// to say all that is wrong.
func (t *reading) claims() {
	claims, err := idtoken.ParseText(t.payload)
	c := Check{
		Name: "claims", Actual: "cannot be read", Expected: "one JSON object with iss, sub, aud, exp and iat of LINE's types, no name twice",
		Consequence: "a reader that converts, or takes the last of two, checks one value and uses another",
	}
	if t.Payload != nil {
		c.Actual = strconv.Itoa(len(t.payload)) + " bytes of JSON"
	}
	switch {
	case err == nil:
		c.Status = Pass
	case !t.formed:
		c.Status, c.Reason = NotRun, "the token has not the form of one"
	default:
		c.Status, c.Reason = Fail, strings.ReplaceAll(strings.TrimPrefix(err.Error(), "malformed ID token: "), "malformed: ", "")
	}
	t.add(c)
	all := []func(*idtoken.Claims) Check{t.issuer, t.audience, t.subject, t.expiry, t.issued, t.nonce, t.authTime, t.methods}
	for _, check := range all {
		if err == nil {
			t.add(check(claims))
			continue
		}
		one := check(&idtoken.Claims{})
		one.Status, one.Actual, one.Reason, one.optional = NotRun, "cannot be read", "the claims cannot be read", false
		t.add(one)
	}
}

func (t *reading) issuer(c *idtoken.Claims) Check {
	out := Check{
		Name: "issuer", Claim: "iss", Status: Pass, Actual: c.Issuer, Expected: t.Issuer,
		Consequence: "a token of another OpenID Provider passes, whose users can call themselves what they like",
	}
	if c.Issuer != t.Issuer {
		out.Status, out.Reason = Fail, "another party issued it"
		if strings.TrimSuffix(c.Issuer, "/") == strings.TrimSuffix(t.Issuer, "/") {
			out.Reason = "the two differ in a slash, and issuers are compared to the letter"
		}
	}
	return out
}

func (t *reading) audience(c *idtoken.Claims) Check {
	out := Check{
		Name: "audience", Claim: "aud", Status: Pass, Actual: c.Audience, Expected: "your channel ID",
		Consequence: "who runs any other channel can log in here as each of its users, with tokens that LINE really issued",
	}
	if c.AuthorizedParty != "" && c.AuthorizedParty != c.Audience {
		out.Actual += ", azp " + c.AuthorizedParty
	}
	if t.Channel == "" {
		out.Status, out.Reason = NotRun, "your channel ID is not known: give --channel"
		return out
	}
	if out.Expected = t.Channel; c.Audience != t.Channel || c.AuthorizedParty != "" && c.AuthorizedParty != t.Channel {
		out.Status, out.Reason = Fail, "it was issued to another channel"
	}
	return out
}

func (t *reading) subject(c *idtoken.Claims) Check {
	out := Check{
		Name: "subject", Claim: "sub", Status: Pass, Actual: visible(c.Subject), Expected: "a user ID: U and 32 hexadecimal digits; in a session, that of its user",
		Consequence: "the token of one user is taken in the session of another",
	}
	switch {
	case t.UserID != "":
		if out.Expected = visible(t.UserID); c.Subject != t.UserID {
			out.Status, out.Reason = Fail, "it is about another user"
		}
	case c.Subject != strings.TrimSpace(c.Subject):
		out.Status, out.Reason = Odd, "there is a blank around it: as a key it is another user than the one without, whatever a screen shows"
	case !userID.MatchString(c.Subject):
		out.Status, out.Reason = Odd, "LINE's user IDs do not look like this"
	}
	return out
}

// visible shows blanks at the ends of a text.
func visible(s string) string {
	inner := strings.Trim(s, " ")
	at := strings.Index(s, inner)
	return strings.Repeat("␠", at) + inner + strings.Repeat("␠", len(s)-at-len(inner))
}

func (t *reading) expiry(c *idtoken.Claims) Check {
	out := Check{
		Name: "expiry", Claim: "exp", Status: Pass, Actual: t.moment(c.Expiry), Expected: "after iat, and after now" + t.slack(),
		Consequence: "a token that was stolen once lets the thief in for ever",
	}
	var reasons []string
	if c.Expiry <= t.Want.Now.Add(-t.Leeway).Unix() {
		reasons = append(reasons, fmt.Sprintf("it expired %s ago: the user must log in again", when.About(t.Want.Now.Sub(time.Unix(c.Expiry, 0)))))
	}
	if c.Expiry <= c.IssuedAt {
		reasons = append(reasons, fmt.Sprintf("it ends before it begins: exp is %s before iat", when.About(time.Duration(c.IssuedAt-c.Expiry)*time.Second)))
	}
	if len(reasons) > 0 {
		out.Status, out.Reason = Fail, strings.Join(reasons, "; ")
	}
	return out
}

func (t *reading) issued(c *idtoken.Claims) Check {
	out := Check{
		Name: "issued at", Claim: "iat", Status: Pass, Actual: t.moment(c.IssuedAt), Expected: "not in the future" + t.slack(),
		Consequence: "a token made for later passes now, and a clock that is wrong is not seen",
	}
	if c.NotBefore != 0 {
		out.Actual += ", nbf " + t.moment(c.NotBefore)
	}
	if ahead := max(c.IssuedAt, c.NotBefore); ahead > t.Want.Now.Add(t.Leeway).Unix() {
		out.Status, out.Reason = Fail, fmt.Sprintf("that is %s ahead: one of two clocks is wrong", when.About(time.Unix(ahead, 0).Sub(t.Want.Now)))
	}
	return out
}

func (t *reading) nonce(c *idtoken.Claims) Check {
	out := Check{
		Name: "nonce", Status: Pass, Actual: orElse(c.Nonce, "none"), Expected: "the one that this login was begun with",
		Consequence: "a token from another login, or one that was seen before, is slipped into this one", optional: true,
	}
	switch {
	case t.Nonce == "" && c.Nonce == "":
		out.Status, out.Reason = NotRun, "the token has none, as those of LIFF apps: nothing to compare unless your login sent one"
	case t.Nonce == "":
		out.Status, out.Reason = NotRun, "which one your login sent is not known: give --nonce"
	default:
		if out.Expected = t.Nonce; c.Nonce != t.Nonce {
			out.Status, out.Reason = Fail, "it belongs to another login"
		}
	}
	return out
}

func (t *reading) authTime(c *idtoken.Claims) Check {
	out := Check{
		Name: "auth time", Claim: "auth_time", Status: Pass, Actual: "none", Expected: "there, and no longer ago than max_age, if the login asked for that",
		Consequence: "somebody who sits down at an open screen does what needs a fresh login", optional: true,
	}
	if c.AuthTime != 0 {
		out.Actual = t.moment(c.AuthTime)
	}
	if t.MaxAge == 0 {
		out.Status, out.Reason = NotRun, "whether your login asked for max_age is not known: give --max-age"
		return out
	}
	out.Expected = "at most " + when.About(t.MaxAge) + " ago" + t.slack()
	oldest := t.Want.Now.Add(-t.Leeway).Add(-t.MaxAge)
	switch {
	case c.AuthTime == 0:
		out.Status, out.Reason = Fail, "the token does not say when the user logged in: ask for max_age at login"
	case c.AuthTime > t.Want.Now.Add(t.Leeway).Unix():
		out.Status, out.Reason = Fail, "it lies in the future"
	case c.AuthTime < oldest.Unix() || c.AuthTime == oldest.Unix() && oldest.Nanosecond() != 0:
		out.Status, out.Reason = Fail, "the login is too long ago"
	}
	return out
}

func (t *reading) methods(c *idtoken.Claims) Check {
	out := Check{
		Name: "methods", Claim: "amr", Status: Pass, Actual: orElse(strings.Join(c.AMR, ", "), "none"), Expected: "what your server demands, such as mfa",
		Consequence: "a password alone opens what should need more", optional: true,
	}
	if len(t.AMR) == 0 {
		out.Status, out.Reason = NotRun, "nothing is demanded: give --amr"
		return out
	}
	out.Expected = strings.Join(t.AMR, " and ")
	for _, method := range t.AMR {
		if !slices.Contains(c.AMR, method) {
			out.Status, out.Reason = Fail, "the user did not log in by "+method
		}
	}
	return out
}

// moment writes a time of a claim with how far it is away.
func (t *reading) moment(seconds int64) string {
	if seconds == 0 {
		return "none"
	}
	at := time.Unix(seconds, 0)
	switch away := at.Sub(t.Want.Now).Round(time.Second); {
	case away > 0:
		return when.Text(at) + ", " + when.About(away) + " ahead"
	case away < 0:
		return when.Text(at) + ", " + when.About(away) + " ago"
	}
	return when.Text(at) + ", now"
}

func (t *reading) slack() string {
	if t.Leeway == 0 {
		return ""
	}
	return ", give or take " + when.About(t.Leeway)
}
