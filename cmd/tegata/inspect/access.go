package inspect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/wire"
)

// Answers are what a platform says about an access token.
type Answers struct {
	// Verify is what its verify endpoint answered; nil: it refused the token, and Refusal
	// says how.
	Verify  *wire.VerifyResponse
	Refusal string
	// Profile is what its profile endpoint answered; nil: it refused, or was not asked, and
	// ProfileRefusal says how.
	Profile        *wire.Profile
	ProfileRefusal string
}

// AccessToken explains an access token. It is opaque: only the platform knows what it is
// good for; answers may be nil, if that was not asked.
func AccessToken(token string, w Want, answers *Answers) *Report {
	r := &Report{Kind: KindAccessToken, Now: w.Now.UTC(), Clock: w.Clock, Keys: w.Keys}
	form := Check{
		Name: "form", Status: Pass, Actual: strconv.Itoa(len(token)) + " bytes", Expected: "a text of printable ASCII; what it says inside is the platform's affair",
		Consequence: "what was never a token costs the platform a request each time",
	}
	if strings.HasPrefix(token, "tga_") {
		form.Actual += ", issued by a tegata"
	}
	if other := otherKind(token); other != "" {
		form.Status, form.Actual, form.Reason = Fail, other, "it is no access token of a user"
		w.NoKeys = "the platform was not asked, since it is none"
	}
	r.add(form)
	live := Check{
		Name: "live", Expected: "the verify endpoint answers 200", Actual: "not asked",
		Consequence: "a token that was revoked, such as by closing the LIFF app, still lets its holder in",
	}
	switch {
	case answers == nil:
		live.Status, live.Reason = NotRun, orElse(w.NoKeys, "the platform was not asked")
	case answers.Verify == nil:
		live.Status, live.Actual, live.Reason = Fail, "refused", answers.Refusal
	default:
		live.Status, live.Actual = Pass, "200"
	}
	r.add(live)
	if answers == nil {
		answers = &Answers{}
	}
	r.add(channelOf(answers.Verify, w))
	r.add(timeLeft(answers.Verify))
	r.add(scopeOf(answers.Verify))
	r.add(userOf(answers, w))
	r.decide()
	return r
}

const unknown = "the platform has not said"

func channelOf(v *wire.VerifyResponse, w Want) Check {
	c := Check{
		Name: "channel", Claim: "client_id", Expected: orElse(w.Channel, "your channel ID"), Actual: "not known",
		Consequence: "the step that is forgotten most: who runs any other channel can log in here as each of its users",
	}
	if v != nil {
		c.Actual = v.ClientID
	}
	switch {
	case v == nil:
		c.Status, c.Reason = NotRun, unknown
	case w.Channel == "":
		c.Status, c.Reason = NotRun, "your channel ID is not known: give --channel"
	case v.ClientID != w.Channel:
		c.Status, c.Reason = Fail, "it was issued to another channel"
	default:
		c.Status = Pass
	}
	return c
}

func timeLeft(v *wire.VerifyResponse) Check {
	c := Check{
		Name: "time left", Claim: "expires_in", Expected: "more than 0 seconds", Actual: "not known", Status: NotRun, Reason: unknown,
		Consequence: "a session outlives the token that it rests on",
	}
	if v == nil {
		return c
	}
	c.Actual = fmt.Sprintf("%d s", v.ExpiresIn)
	if v.ExpiresIn > 0 {
		c.Actual += ", " + when.About(time.Duration(min(v.ExpiresIn, 1<<32))*time.Second)
	}
	if c.Status, c.Reason = Pass, ""; v.ExpiresIn <= 0 {
		c.Status, c.Reason = Fail, "it has expired"
	}
	return c
}

func scopeOf(v *wire.VerifyResponse) Check {
	c := Check{
		Name: "scope", Expected: "profile, without which the platform does not say who the user is", Actual: "not known", Status: NotRun, Reason: unknown,
		Consequence: "what the user has not granted is asked for, and the request fails later, elsewhere",
	}
	if v == nil {
		return c
	}
	c.Actual = orElse(v.Scope, "none")
	if c.Status, c.Reason = Pass, ""; !slices.Contains(strings.Fields(v.Scope), "profile") {
		c.Status, c.Reason = Fail, "add profile to the scopes of the LIFF app, or of the login"
	}
	return c
}

func userOf(a *Answers, w Want) Check {
	c := Check{
		Name: "user", Expected: "the platform's answer; never what the app says", Actual: "not known", Status: NotRun, Reason: orElse(a.ProfileRefusal, unknown),
		Consequence: "who is asked for a user ID in the app's request gets the one that an attacker writes there",
	}
	if a.Profile == nil {
		if a.Verify != nil && a.ProfileRefusal != "" {
			c.Status = Fail
		}
		return c
	}
	c.Status, c.Reason, c.Actual = Pass, "", visible(a.Profile.UserID)+", "+a.Profile.DisplayName
	if w.UserID != "" {
		if c.Expected = visible(w.UserID); a.Profile.UserID != w.UserID {
			c.Status, c.Reason = Fail, "it is about another user"
		}
	}
	return c
}
