package tegata_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata"
)

func TestIDToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	got, err := p.verifier(t).IDToken(t.Context(), p.token(t, map[string]any{
		"given_name": "花子", "family_name": "鈴木", "gender": "female", "birthdate": "1990-01-01", "phone_number": "+81312345678",
		"address": map[string]string{"postal_code": "1028282", "country": "JP"}, "tomorrow": map[string]any{"unknown": 1},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := &tegata.IDToken{
		Issuer: "https://access.line.me", UserID: userID, ChannelID: channelID,
		Expires: clock.Add(time.Hour), IssuedAt: clock, AuthTime: clock.Add(-time.Minute),
		Nonce: "n-0S6_WzA2Mj", Methods: []string{"pwd", "mfa"}, Name: "鈴木 花子", Picture: "https://example.com/p", Email: "hanako@example.com",
		GivenName: "花子", FamilyName: "鈴木", Gender: "female", Birthdate: "1990-01-01", PhoneNumber: "+81312345678",
		Address: &tegata.Address{PostalCode: "1028282", Country: "JP"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("IDToken (-want +got):\n%s", diff)
	}
	user := got.User()
	if user.UserID != userID || user.Name != got.Name || user.Picture != got.Picture || user.Email != got.Email || !user.Expires.Equal(got.Expires) || user.IDToken != got {
		t.Errorf("User() = %+v", user)
	}
}

func TestIDTokenMinimal(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	none := map[string]any{"auth_time": nil, "nonce": nil, "amr": nil, "name": nil, "picture": nil, "email": nil}
	got, err := p.verifier(t).IDToken(t.Context(), p.token(t, none))
	if err != nil || got.UserID != userID || !got.AuthTime.IsZero() || got.Address != nil {
		t.Errorf("IDToken = %+v, %v; want only what is there", got, err)
	}
}

// TestClaims has a token for each reason against claims, each different from a good
// one in one property.
func TestClaims(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	now := clock.Unix()
	for name, c := range map[string]struct {
		claim map[string]any
		check []tegata.Check
		want  error
	}{
		"iss of another":             {claim: map[string]any{"iss": "https://evil.example"}, want: tegata.ErrIssuer},
		"iss with a slash":           {claim: map[string]any{"iss": "https://access.line.me/"}, want: tegata.ErrIssuer},
		"iss in upper case":          {claim: map[string]any{"iss": "https://ACCESS.line.me"}, want: tegata.ErrIssuer},
		"iss as a list":              {claim: map[string]any{"iss": []string{"https://access.line.me"}}, want: tegata.ErrMalformed},
		"no iss":                     {claim: map[string]any{"iss": nil}, want: tegata.ErrMalformed},
		"aud of a sibling":           {claim: map[string]any{"aud": "2000000002"}, want: tegata.ErrAudience},
		"aud a part of ours":         {claim: map[string]any{"aud": "200000000"}, want: tegata.ErrAudience},
		"aud with a blank":           {claim: map[string]any{"aud": channelID + " "}, want: tegata.ErrAudience},
		"aud as a list":              {claim: map[string]any{"aud": []string{channelID}}, want: tegata.ErrMalformed},
		"aud as a number":            {claim: map[string]any{"aud": 2000000001}, want: tegata.ErrMalformed},
		"no aud":                     {claim: map[string]any{"aud": nil}, want: tegata.ErrMalformed},
		"azp of another":             {claim: map[string]any{"azp": "2000000002"}, want: tegata.ErrAudience},
		"no sub":                     {claim: map[string]any{"sub": nil}, want: tegata.ErrMalformed},
		"empty sub":                  {claim: map[string]any{"sub": ""}, want: tegata.ErrMalformed},
		"sub as a number":            {claim: map[string]any{"sub": 7}, want: tegata.ErrMalformed},
		"expired within the leeway":  {claim: map[string]any{"exp": now - 59, "iat": now - 3659}},
		"expired beyond the leeway":  {claim: map[string]any{"exp": now - 60, "iat": now - 3660}, want: tegata.ErrExpired},
		"exp before iat":             {claim: map[string]any{"exp": now + 5, "iat": now + 10}, want: tegata.ErrExpired},
		"exp as text":                {claim: map[string]any{"exp": "9999999999"}, want: tegata.ErrMalformed},
		"exp beyond numbers":         {claim: map[string]any{"exp": 1e300}, want: tegata.ErrMalformed},
		"negative exp":               {claim: map[string]any{"exp": -1}, want: tegata.ErrMalformed},
		"no exp":                     {claim: map[string]any{"exp": nil}, want: tegata.ErrMalformed},
		"iat ahead within leeway":    {claim: map[string]any{"iat": now + 60}},
		"iat ahead beyond leeway":    {claim: map[string]any{"iat": now + 61}, want: tegata.ErrNotYetValid},
		"no iat":                     {claim: map[string]any{"iat": nil}, want: tegata.ErrMalformed},
		"nbf ahead":                  {claim: map[string]any{"nbf": now + 120}, want: tegata.ErrNotYetValid},
		"right nonce":                {check: []tegata.Check{tegata.WithNonce("n-0S6_WzA2Mj")}},
		"another nonce":              {check: []tegata.Check{tegata.WithNonce("n-other")}, want: tegata.ErrNonce},
		"lost nonce":                 {check: []tegata.Check{tegata.WithNonce("")}, want: tegata.ErrNonce},
		"lost nonce, token has none": {claim: map[string]any{"nonce": nil}, check: []tegata.Check{tegata.WithNonce("")}, want: tegata.ErrNonce},
		"token without a nonce":      {claim: map[string]any{"nonce": nil}, check: []tegata.Check{tegata.WithNonce("n-0S6_WzA2Mj")}, want: tegata.ErrNonce},
		"right subject":              {check: []tegata.Check{tegata.WithSubject(userID)}},
		"another subject":            {check: []tegata.Check{tegata.WithSubject(otherUser)}, want: tegata.ErrSubject},
		"lost subject":               {check: []tegata.Check{tegata.WithSubject("")}, want: tegata.ErrSubject},
		"recent login":               {check: []tegata.Check{tegata.WithMaxAge(time.Minute)}},
		"login too long ago":         {claim: map[string]any{"auth_time": now - 122}, check: []tegata.Check{tegata.WithMaxAge(time.Minute)}, want: tegata.ErrMaxAge},
		"login at an untold time":    {claim: map[string]any{"auth_time": nil}, check: []tegata.Check{tegata.WithMaxAge(time.Hour)}, want: tegata.ErrMaxAge},
		"second factor":              {check: []tegata.Check{tegata.WithAMR("mfa", "pwd")}},
		"no second factor":           {claim: map[string]any{"amr": []string{"pwd", "xmfa"}}, check: []tegata.Check{tegata.WithAMR("mfa")}, want: tegata.ErrMethod},
		"amr as text":                {claim: map[string]any{"amr": "mfa"}, check: []tegata.Check{tegata.WithAMR("mfa")}, want: tegata.ErrMalformed},
		"no amr":                     {claim: map[string]any{"amr": nil}, check: []tegata.Check{tegata.WithAMR("pwd")}, want: tegata.ErrMethod},
		"SUB beside sub":             {claim: map[string]any{"SUB": otherUser}},
		"SUB instead of sub":         {claim: map[string]any{"sub": nil, "SUB": userID}, want: tegata.ErrMalformed},
		"NUL in sub":                 {claim: map[string]any{"sub": userID + "\x00"}, want: tegata.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := p.verifier(t).IDToken(t.Context(), p.token(t, c.claim), c.check...)
			wantRefusal(t, got, err, c.want)
		})
	}
}

// wantRefusal wants the reason and no identity, or the user if the reason is nil.
func wantRefusal(t *testing.T, got *tegata.IDToken, err, want error) {
	t.Helper()
	switch {
	case want == nil && (err != nil || got == nil || got.UserID != userID):
		t.Errorf("%+v, %v; want the user", got, err)
	case want != nil && (!errors.Is(err, want) || got != nil):
		t.Errorf("%+v, %v; want nothing and %v", got, err, want)
	case want != nil && (tegata.Reason(err) == "" || !strings.HasPrefix(err.Error(), "tegata: ")):
		t.Errorf("Reason(%q) = %q; want a word, and the prefix", err, tegata.Reason(err))
	}
}

func TestChecksAdd(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v, raw := p.verifier(t), p.token(t, nil)
	right := []tegata.Check{tegata.WithNonce("n-0S6_WzA2Mj"), tegata.WithSubject(userID), tegata.WithMaxAge(time.Hour), tegata.WithAMR("mfa")}
	got, err := v.IDToken(t.Context(), raw, append(right, right...)...)
	wantRefusal(t, got, err, nil)
	for name, c := range map[string]struct {
		check tegata.Check
		want  error
	}{
		"nonce":   {tegata.WithNonce("n-other"), tegata.ErrNonce},
		"subject": {tegata.WithSubject(otherUser), tegata.ErrSubject},
		"max age": {tegata.WithMaxAge(-time.Hour), tegata.ErrMaxAge},
		"method":  {tegata.WithAMR("lineqr"), tegata.ErrMethod},
	} {
		for _, checks := range [][]tegata.Check{append(right[:4:4], c.check), append([]tegata.Check{c.check}, right...)} {
			if got, err := v.IDToken(t.Context(), raw, checks...); !errors.Is(err, c.want) || got != nil {
				t.Errorf("%s beside a right one: %v, %v; want %v", name, got, err, c.want)
			}
		}
	}
	if got, err := v.IDToken(t.Context(), raw, tegata.Check{}); err == nil || got != nil {
		t.Errorf("the zero Check: %v, %v; want a refusal", got, err)
	}
}

// TestSignature has forged tokens: none of them is ever let in.
func TestSignature(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	thief, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := p.token(t, nil)
	part := strings.Split(good, ".")
	forged := strings.Split(p.token(t, map[string]any{"sub": otherUser}), ".")
	der, err := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"good":                      {good, nil},
		"empty":                     {"", tegata.ErrMalformed},
		"not a token":               {"hello", tegata.ErrMalformed},
		"payload alone":             {part[1], tegata.ErrMalformed},
		"decoded token":             {`{"sub":"` + userID + `","aud":"` + channelID + `"}`, tegata.ErrMalformed},
		"payload of another":        {part[0] + "." + forged[1] + "." + part[2], tegata.ErrSignature},
		"no signature":              {part[0] + "." + part[1] + ".", tegata.ErrMalformed},
		"two segments":              {part[0] + "." + part[1], tegata.ErrMalformed},
		"four segments":             {good + ".e30", tegata.ErrMalformed},
		"alg none":                  {header(`{"alg":"none"}`) + "." + part[1] + ".", tegata.ErrAlgorithm},
		"alg None":                  {header(`{"alg":"None","typ":"JWT"}`) + "." + part[1] + "." + part[2], tegata.ErrAlgorithm},
		"zero signature":            {part[0] + "." + part[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)), tegata.ErrSignature},
		"thief's key, our kid":      {sign(t, jose.ES256, thief, "k1", claims(nil)), tegata.ErrSignature},
		"thief's key, own kid":      {sign(t, jose.ES256, thief, "k2", claims(nil)), tegata.ErrUnknownKey},
		"our key, no kid":           {sign(t, jose.ES256, p.key, "", claims(nil)), tegata.ErrUnknownKey},
		"kid of a file":             {sign(t, jose.ES256, thief, "../../dev/null", claims(nil)), tegata.ErrUnknownKey},
		"HS256 by the public PEM":   {sign(t, jose.HS256, publicPEM, "k1", claims(nil)), tegata.ErrAlgorithm},
		"HS256 by the public DER":   {sign(t, jose.HS256, der, "k1", claims(nil)), tegata.ErrAlgorithm},
		"HS256 by the secret":       {sign(t, jose.HS256, []byte(secret), "", claims(nil)), tegata.ErrAlgorithm},
		"payload is a list":         {sign(t, jose.ES256, p.key, "k1", `["sub"]`), tegata.ErrMalformed},
		"two objects":               {sign(t, jose.ES256, p.key, "k1", `{} {}`), tegata.ErrMalformed},
		"sub twice":                 {sign(t, jose.ES256, p.key, "k1", `{"iss":"https://access.line.me","sub":"U1","sub":"U2","aud":"2000000001","exp":1900000000,"iat":1700000000}`), tegata.ErrMalformed},
		"blank behind":              {good + " ", tegata.ErrMalformed},
		"padded":                    {part[0] + "." + part[1] + "." + part[2] + "==", tegata.ErrMalformed},
		"longer than any":           {strings.Repeat("a", 1<<20), tegata.ErrMalformed},
		"a million dots":            {strings.Repeat(".", 1<<20), tegata.ErrMalformed},
		"JSON serialization":        {`{"payload":"` + part[1] + `","signatures":[{"protected":"` + part[0] + `","signature":"` + part[2] + `"}]}`, tegata.ErrMalformed},
		"key in the header":         {header(`{"alg":"ES256","kid":"k1","jwk":{}}`) + "." + part[1] + "." + part[2], tegata.ErrMalformed},
		"address in the header":     {header(`{"alg":"ES256","kid":"k1","jku":"https://evil.example"}`) + "." + part[1] + "." + part[2], tegata.ErrMalformed},
		"token of another purpose":  {header(`{"alg":"ES256","kid":"k1","typ":"at+jwt"}`) + "." + part[1] + "." + part[2], tegata.ErrMalformed},
		"access token as ID token":  {rawAccess, tegata.ErrMalformed},
		"HS256 keyed with nothing":  {sign(t, jose.HS256, bytes.Repeat([]byte{0}, 32), "", claims(nil)), tegata.ErrAlgorithm},
		"HS256 keyed by channel ID": {sign(t, jose.HS256, []byte(strings.Repeat(channelID, 4)), "", claims(nil)), tegata.ErrAlgorithm},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := p.verifier(t).IDToken(t.Context(), c.raw)
			wantRefusal(t, got, err, c.want)
			if err != nil && len(c.raw) > 8 && strings.Contains(err.Error(), c.raw) {
				t.Errorf("the error holds the token: %.200s", err)
			}
		})
	}
}

// TestKeyTypes: configuration says which kind of key is taken, never the token.
func TestKeyTypes(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	es256 := p.token(t, nil)
	hs256 := sign(t, jose.HS256, []byte(secret), "", claims(nil))
	der, err := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	confused := sign(t, jose.HS256, der, "k1", claims(nil))
	wrong := sign(t, jose.HS256, []byte(strings.ToUpper(secret)), "", claims(nil))
	web := func(types tegata.KeyTypes) func(*tegata.Config) {
		return func(c *tegata.Config) { c.KeyTypes, c.ChannelSecret = types, secret }
	}
	none := func(c *tegata.Config) { c.KeyTypes = tegata.ES256 }
	for _, c := range []struct {
		name   string
		config func(*tegata.Config)
		raw    map[string]error
	}{
		{"ES256", none, map[string]error{es256: nil, hs256: tegata.ErrAlgorithm, confused: tegata.ErrAlgorithm}},
		{"HS256", web(tegata.HS256), map[string]error{es256: tegata.ErrAlgorithm, hs256: nil, wrong: tegata.ErrSignature, confused: tegata.ErrSignature}},
		{"both", web(tegata.ES256 | tegata.HS256), map[string]error{es256: nil, hs256: nil, wrong: tegata.ErrSignature, confused: tegata.ErrSignature}},
	} {
		v := p.verifier(t, c.config)
		for raw, want := range maps.All(c.raw) {
			got, err := v.IDToken(t.Context(), raw)
			if want == nil && err != nil || want != nil && (!errors.Is(err, want) || got != nil) {
				t.Errorf("%s: %.40s…: %v, %v; want %v", c.name, raw, got, err, want)
			}
		}
	}
}

func TestLeeway(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	for _, c := range []struct {
		leeway time.Duration
		late   int64 // seconds since exp
		want   error
	}{
		{0, 59, nil},
		{0, 60, tegata.ErrExpired},
		{-1, -1, nil},
		{-1, 0, tegata.ErrExpired},
		{5 * time.Minute, 299, nil},
		{5 * time.Minute, 300, tegata.ErrExpired},
	} {
		v := p.verifier(t, func(cfg *tegata.Config) { cfg.Leeway = c.leeway })
		exp := clock.Unix() - c.late
		got, err := v.IDToken(t.Context(), p.token(t, map[string]any{"exp": exp, "iat": exp - 3600}))
		if c.want == nil && err != nil || c.want != nil && (!errors.Is(err, c.want) || got != nil) {
			t.Errorf("leeway %v, %d s after exp: %v; want %v", c.leeway, c.late, err, c.want)
		}
	}
}

func TestIssuerOfConfig(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t, func(c *tegata.Config) { c.Issuer = p.URL })
	if _, err := v.IDToken(t.Context(), p.token(t, map[string]any{"iss": p.URL})); err != nil {
		t.Errorf("token of Config.Issuer: %v", err)
	}
	if _, err := v.IDToken(t.Context(), p.token(t, nil)); !errors.Is(err, tegata.ErrIssuer) {
		t.Errorf("token of LINE at a verifier of another issuer: %v, want ErrIssuer", err)
	}
}
