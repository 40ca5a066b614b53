package idtoken_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
)

func base() (idtoken.Claims, idtoken.Rules) {
	claims := idtoken.Claims{
		Issuer: "https://access.line.me", Subject: "U1", Audience: "1234567890", Expiry: 1700003600, IssuedAt: 1700000000,
		Nonce: "n", AMR: []string{"pwd", "mfa"}, AuthTime: 1699999900,
	}
	rules := idtoken.Rules{Issuer: "https://access.line.me", Audience: "1234567890", Now: time.Unix(1700000000, 0)}
	return claims, rules
}

type (
	claims = idtoken.Claims
	rules  = idtoken.Rules
)

type ruleCase struct {
	name   string
	change func(*claims, *rules)
	want   error
}

// ruleCases changes the good claims and rules of base in one way each.
func ruleCases() []ruleCase {
	at := func(sec int64, nano int64) func(*claims, *rules) {
		return func(_ *claims, r *rules) { r.Now = time.Unix(sec, nano) }
	}
	leeway := func(sec int64, d time.Duration) func(*claims, *rules) {
		return func(_ *claims, r *rules) { r.Now, r.Leeway = time.Unix(sec, 0), d }
	}
	maxAge := func(d time.Duration, authTime int64) func(*claims, *rules) {
		return func(c *claims, r *rules) { r.MaxAge, c.AuthTime = &d, authTime }
	}
	return []ruleCase{
		{"as it is", func(*claims, *rules) {}, nil},
		{"everything asked", func(_ *claims, r *rules) {
			d := 100 * time.Second
			r.CheckNonce, r.Nonce, r.Subject, r.MaxAge, r.AMR = true, "n", "U1", &d, []string{"mfa", "pwd"}
		}, nil},

		// C10
		{"issuer with slash", func(c *claims, _ *rules) { c.Issuer += "/" }, idtoken.ErrIssuer},
		{"issuer http", func(c *claims, _ *rules) { c.Issuer = "http://access.line.me" }, idtoken.ErrIssuer},
		{"issuer upper case", func(c *claims, _ *rules) { c.Issuer = "https://ACCESS.line.me" }, idtoken.ErrIssuer},
		{"issuer with port", func(c *claims, _ *rules) { c.Issuer += ":443" }, idtoken.ErrIssuer},
		{"no issuer in the rules", func(c *claims, r *rules) { c.Issuer, r.Issuer = "", "" }, idtoken.ErrIssuer},

		// C1
		{"last moment", at(1700003599, 999999999), nil},
		{"exp reached", at(1700003600, 0), idtoken.ErrExpired},
		{"a day late", at(1700090000, 0), idtoken.ErrExpired},
		{"last moment of the leeway", leeway(1700003659, time.Minute), nil},
		{"leeway over", leeway(1700003660, time.Minute), idtoken.ErrExpired},
		{"negative leeway is none", leeway(1700003599, -time.Minute), nil},
		// C3
		{"exp before iat", func(c *claims, r *rules) {
			c.Expiry, c.IssuedAt, r.Leeway = 1700000000, 1700000001, time.Hour
		}, idtoken.ErrExpired},
		{"exp is iat", func(c *claims, r *rules) { c.Expiry, r.Leeway = c.IssuedAt, time.Hour }, idtoken.ErrExpired},
		{"exp smallest", func(c *claims, _ *rules) { c.Expiry = math.MinInt64 }, idtoken.ErrExpired},
		{"no clock", func(_ *claims, r *rules) { r.Now = time.Time{} }, idtoken.ErrNotYetValid},

		// C6, C9
		{"sibling channel", func(c *claims, _ *rules) { c.Audience = "1234567891" }, idtoken.ErrAudience},
		{"audience shorter", func(c *claims, _ *rules) { c.Audience = "123456789" }, idtoken.ErrAudience},
		{"audience longer", func(c *claims, _ *rules) { c.Audience = "12345678901" }, idtoken.ErrAudience},
		{"audience with blank", func(c *claims, _ *rules) { c.Audience = "1234567890 " }, idtoken.ErrAudience},
		{"no audience in the rules", func(c *claims, r *rules) { c.Audience, r.Audience = "", "" }, idtoken.ErrAudience},
		// C8
		{"azp another", func(c *claims, _ *rules) { c.AuthorizedParty = "1234567891" }, idtoken.ErrAudience},
		{"azp ours", func(c *claims, _ *rules) { c.AuthorizedParty = "1234567890" }, nil},

		// C13
		{"nonce of another", func(_ *claims, r *rules) { r.CheckNonce, r.Nonce = true, "m" }, idtoken.ErrNonce},
		{"nonce longer", func(_ *claims, r *rules) { r.CheckNonce, r.Nonce = true, "nn" }, idtoken.ErrNonce},
		{"nonce missing", func(c *claims, r *rules) { c.Nonce, r.CheckNonce, r.Nonce = "", true, "n" }, idtoken.ErrNonce},
		{"nonce lost by the caller", func(c *claims, r *rules) { c.Nonce, r.CheckNonce, r.Nonce = "", true, "" }, idtoken.ErrNonce},
		{"nonce not asked", func(_ *claims, r *rules) { r.Nonce = "m" }, nil},
		{"other user", func(_ *claims, r *rules) { r.Subject = "U2" }, idtoken.ErrSubject},

		// C4, C5
		{"iat an hour ahead", func(c *claims, _ *rules) { c.IssuedAt += 3599 }, idtoken.ErrNotYetValid},
		{"iat a second ahead", at(1699999999, 999999999), idtoken.ErrNotYetValid},
		{"iat at the end of the leeway", leeway(1699999940, time.Minute), nil},
		{"iat behind the leeway", leeway(1699999939, time.Minute), idtoken.ErrNotYetValid},
		{"nbf ahead", func(c *claims, _ *rules) { c.NotBefore = 1700000001 }, idtoken.ErrNotYetValid},
		{"nbf reached", func(c *claims, _ *rules) { c.NotBefore = 1700000000 }, nil},
		{"nbf largest", func(c *claims, _ *rules) { c.NotBefore = math.MaxInt64 }, idtoken.ErrNotYetValid},

		// C16
		{"login just in time", maxAge(100*time.Second, 1699999900), nil},
		{"login too old", maxAge(99*time.Second, 1699999900), idtoken.ErrMaxAge},
		{"login too old by a fraction", maxAge(100*time.Second-1, 1699999900), idtoken.ErrMaxAge},
		{"login within the leeway", func(c *claims, r *rules) { maxAge(40*time.Second, 1699999900)(c, r); r.Leeway = time.Minute }, nil},
		{"no auth_time", maxAge(time.Hour, 0), idtoken.ErrMaxAge},
		{"no auth_time, any age", maxAge(math.MaxInt64, 0), idtoken.ErrMaxAge},
		{"auth_time ahead", maxAge(time.Hour, 1700000001), idtoken.ErrMaxAge},
		{"auth_time largest", maxAge(time.Hour, math.MaxInt64), idtoken.ErrMaxAge},
		{"max age zero", maxAge(0, 1699999999), idtoken.ErrMaxAge},
		{"max age zero, login now", maxAge(0, 1700000000), nil},
		{"max age negative", maxAge(-1, 1700000000), idtoken.ErrMaxAge},
		{"max age largest", maxAge(math.MaxInt64, 1), nil},
		{"max age not asked", func(c *claims, _ *rules) { c.AuthTime = 1 }, nil},

		// C17
		{"mfa missing", func(c *claims, r *rules) { c.AMR, r.AMR = []string{"pwd"}, []string{"mfa"} }, idtoken.ErrMethod},
		{"xmfa", func(c *claims, r *rules) { c.AMR, r.AMR = []string{"xmfa", "MFA", "mfa "}, []string{"mfa"} }, idtoken.ErrMethod},
		{"one of two", func(c *claims, r *rules) { c.AMR, r.AMR = []string{"mfa"}, []string{"mfa", "pwd"} }, idtoken.ErrMethod},
		{"no amr", func(c *claims, r *rules) { c.AMR, r.AMR = nil, []string{"mfa"} }, idtoken.ErrMethod},
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tc := range ruleCases() {
		c, r := base()
		tc.change(&c, &r)
		if err := c.Check(r); !errors.Is(err, tc.want) || tc.want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
	if err := new(idtoken.Claims).Check(idtoken.Rules{}); err == nil {
		t.Error("zero claims pass zero rules")
	}
}

// TestCheckOrder breaks everything and mends it one by one.
func TestCheckOrder(t *testing.T) {
	t.Parallel()
	minute := time.Minute
	r := idtoken.Rules{
		Issuer: "i", Audience: "a", Now: time.Unix(1000, 0), CheckNonce: true, Nonce: "n", Subject: "s",
		MaxAge: &minute, AMR: []string{"mfa"},
	}
	c := idtoken.Claims{Expiry: 500, IssuedAt: 2000, NotBefore: 5000}
	for _, step := range []struct {
		want error
		mend func()
	}{
		{idtoken.ErrIssuer, func() { c.Issuer = "i" }},
		{idtoken.ErrExpired, func() { c.Expiry = 9000 }},
		{idtoken.ErrAudience, func() { c.Audience = "a" }},
		{idtoken.ErrNonce, func() { c.Nonce = "n" }},
		{idtoken.ErrSubject, func() { c.Subject = "s" }},
		{idtoken.ErrNotYetValid, func() { c.IssuedAt, c.NotBefore = 1000, 0 }},
		{idtoken.ErrMaxAge, func() { c.AuthTime = 1000 }},
		{idtoken.ErrMethod, func() { c.AMR = []string{"mfa"} }},
		{nil, func() {}},
	} {
		if err := c.Check(r); !errors.Is(err, step.want) || step.want == nil && err != nil {
			t.Fatalf("got %v, want %v", err, step.want)
		}
		step.mend()
	}
}
