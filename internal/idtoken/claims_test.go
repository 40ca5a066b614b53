package idtoken_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/internal/idtoken"
)

// full returns claims with every field of LINE's set.
func full() *idtoken.Claims {
	return &idtoken.Claims{
		Issuer: "https://access.line.me", Subject: "U1234567890abcdef1234567890abcdef", Audience: "1234567890",
		Expiry: 1700003600, IssuedAt: 1700000000, AuthTime: 1699999999, Nonce: `n"1`, AMR: []string{"linesso", "mfa"},
		Name: "太郎 <b>&", Picture: "https://profile.line-scdn.net/a?b=1&c=2", Email: "taro@example.com",
		GivenName: "太郎", GivenNamePronunciation: "タロウ", MiddleName: "M", FamilyName: "山田", FamilyNamePronunciation: "ヤマダ",
		Gender: "male", Birthdate: "1990-01-31", PhoneNumber: "+818012345678",
		Address: &idtoken.Address{PostalCode: "", Region: "東京都", Locality: "新宿区", StreetAddress: "1-2\n3F", Country: "JP"},
	}
}

// TestMarshal pins the bytes: member order, absence, and no escaping for HTML.
func TestMarshal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		claims *idtoken.Claims
		want   string
	}{
		{"least", &idtoken.Claims{Issuer: "i", Subject: "s", Audience: "a", Expiry: 2, IssuedAt: 1}, `{"iss":"i","sub":"s","aud":"a","exp":2,"iat":1}`},
		{"zero", new(idtoken.Claims), `{"iss":"","sub":"","aud":"","exp":0,"iat":0}`},
		{"empty amr", &idtoken.Claims{AMR: []string{}}, `{"iss":"","sub":"","aud":"","exp":0,"iat":0}`},
		{"all", full(), `{"iss":"https://access.line.me","sub":"U1234567890abcdef1234567890abcdef","aud":"1234567890","exp":1700003600,"iat":1700000000,` +
			`"auth_time":1699999999,"nonce":"n\"1","amr":["linesso","mfa"],"name":"太郎 <b>&","picture":"https://profile.line-scdn.net/a?b=1&c=2","email":"taro@example.com",` +
			`"given_name":"太郎","given_name_pronunciation":"タロウ","middle_name":"M","family_name":"山田","family_name_pronunciation":"ヤマダ",` +
			`"gender":"male","birthdate":"1990-01-31","phone_number":"+818012345678",` +
			`"address":{"postal_code":"","region":"東京都","locality":"新宿区","street_address":"1-2\n3F","country":"JP"}}`},
		{"not LINE's", &idtoken.Claims{Issuer: "i", Subject: "s", Audience: "a", Expiry: 2, IssuedAt: 1, NotBefore: 1, AuthorizedParty: "a"}, `{"iss":"i","sub":"s","aud":"a","exp":2,"iat":1,"nbf":1,"azp":"a"}`},
		{"not UTF-8", &idtoken.Claims{Name: "a\xffb"}, `{"iss":"","sub":"","aud":"","exp":0,"iat":0,"name":"a` + "\ufffd" + `b"}`},
	} {
		if got := string(tc.claims.Marshal()); got != tc.want || !json.Valid([]byte(got)) {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

func TestParseReadsWhatMarshalWrites(t *testing.T) {
	t.Parallel()
	for _, want := range []*idtoken.Claims{
		full(),
		{Issuer: "i", Subject: "s", Audience: "a", Expiry: 2, IssuedAt: 1},
		{Issuer: "i", Subject: "s", Audience: "a", Expiry: 2, IssuedAt: 1, NotBefore: 1, AuthorizedParty: "a", Address: new(idtoken.Address)},
	} {
		got, err := idtoken.Parse(want.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
	}
}

// least is a payload that Parse accepts; payload puts more members behind it.
const least = `"iss":"i","sub":"s","aud":"a","exp":2,"iat":1`

func TestParseLongestLife(t *testing.T) {
	t.Parallel()
	got, err := idtoken.Parse([]byte(strings.Replace(`{`+least+`}`, `"exp":2`, `"exp":2678401`, 1)))
	if err != nil || got.Expiry != 2678401 {
		t.Errorf("exp 31 days after iat: %+v, %v; want it taken", got, err)
	}
}

func TestParseTolerates(t *testing.T) {
	t.Parallel()
	want := &idtoken.Claims{Issuer: "i", Subject: "s", Audience: "a", Expiry: 2, IssuedAt: 1}
	for name, text := range map[string]string{
		"least":           `{` + least + `}`,
		"white space":     " {\r\n\t" + strings.ReplaceAll(least, ":", " : ") + "}\n",
		"unknown members": `{"at_hash":null,` + least + `,"x":{"a":[1,2.5]},"":1}`,
		// C20: other names than the claims, to be ignored, before and behind.
		"other case in front": `{"SUB":"x","AUD":"x","Iss":"x","EXP":9,"IAT":9,"Nonce":"x","AMR":["mfa"],"eXp":1,` + least + `}`,
		"other case behind":   `{` + least + `,"SUB":"x","AUD":"x","Iss":"x","EXP":9,"IAT":9,"NONCE":"x","Email":"x","Auth_Time":1}`,
		"Kelvin and long s":   `{` + least + `,"i\u017f\u017f":"x","\u017fub":"x"}`,
		"escaped names":       `{"\u0069ss":"i","\u0073ub":"\u0073","aud":"a","exp":2,"iat":1}`,
	} {
		got, err := idtoken.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", name, d)
		}
	}
}

// TestParseRefuses holds the attacks on claims, with a case for each reason.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	with := func(old, new string) string { return `{` + strings.Replace(least, old, new, 1) + `}` }
	more := func(member string) string { return `{` + least + `,` + member + `}` }
	cases := map[string]string{
		"empty": ``, "array": `[]`, "string": `"x"`, "null": `null`, "nested": `{"claims":{` + least + `}}`,
		// C2
		"exp absent": with(`,"exp":2`, ``), "exp null": with(`:2`, `:null`), "exp string": with(`:2`, `:"2"`), "exp 1e300": with(`:2`, `:1e300`),
		"exp exponent": with(`:2`, `:2e0`), "exp negative": with(`:2`, `:-2`), "exp zero": with(`:2`, `:0`), "exp minus zero": with(`:2`, `:-0`), "exp float": with(`:2`, `:2.0`),
		"exp beyond int64": with(`:2`, `:99999999999999999999`), "exp in milliseconds of year 12000": with(`:2`, `:253402300800`), "exp true": with(`:2`, `:true`), "exp array": with(`:2`, `:[2]`),
		// C3
		"exp 31 days and a second after iat": with(`:2`, `:2678402`), "exp ten years after iat": with(`:2`, `:315360001`),
		// C4
		"iat absent": with(`,"iat":1`, ``), "iat null": with(`"iat":1`, `"iat":null`), "iat string": with(`"iat":1`, `"iat":"1"`), "iat negative": with(`"iat":1`, `"iat":-1`),
		// C5
		"nbf string": more(`"nbf":"1"`), "nbf null": more(`"nbf":null`),
		// C7, C9
		"aud absent": with(`"aud":"a",`, ``), "aud null": with(`"a"`, `null`), "aud number": with(`"a"`, `1`), "aud empty": with(`"a"`, `""`), "aud [ours]": with(`"a"`, `["a"]`),
		"aud [ours, other]": with(`"a"`, `["a","b"]`), "aud []": with(`"a"`, `[]`), "aud nested": with(`"a"`, `[["a"]]`), "aud object": with(`"a"`, `{"a":1}`),
		// C8
		"azp null": more(`"azp":null`), "azp array": more(`"azp":["a"]`), "azp empty": more(`"azp":""`),
		// C10
		"iss absent": with(`"iss":"i",`, ``), "iss array": with(`"i"`, `["i"]`), "iss empty": with(`"i"`, `""`), "iss null": with(`"i"`, `null`),
		// C11
		"sub absent": with(`"sub":"s",`, ``), "sub empty": with(`"s"`, `""`), "sub null": with(`"s"`, `null`), "sub number": with(`"s"`, `1`), "sub object": with(`"s"`, `{}`), "sub of 10 kB": with(`"s"`, `"`+strings.Repeat("U", 10<<10)+`"`), "sub of 256": with(`"s"`, `"`+strings.Repeat("U", 256)+`"`),
		// C12
		"sub twice": more(`"sub":"t"`), "aud twice": more(`"aud":"b"`), "exp twice": more(`"exp":3`), "sub twice, same": more(`"sub":"s"`), "sub twice, first": `{"sub":"t",` + least + `}`,
		"sub twice, escaped": more(`"\u0073ub":"t"`), "unknown twice": more(`"x":1,"x":1`),
		// C13
		"nonce number": more(`"nonce":1`), "nonce null": more(`"nonce":null`), "nonce array": more(`"nonce":["a"]`),
		// C16
		"auth_time string": more(`"auth_time":"1"`), "auth_time zero": more(`"auth_time":0`), "auth_time null": more(`"auth_time":null`), "auth_time float": more(`"auth_time":1.5`),
		// C17
		"amr string": more(`"amr":"mfa"`), "amr null": more(`"amr":null`), "amr numbers": more(`"amr":[1]`), "amr nested": more(`"amr":[["mfa"]]`), "amr object": more(`"amr":{"mfa":true}`),
		// C20
		"SUB alone": with(`sub`, `SUB`), "Aud alone": with(`aud`, `Aud`), "EXP alone": with(`exp`, `EXP`), "Iss alone": with(`iss`, `Iss`),
		// C21
		"second object": `{` + least + `}{` + least + `}`, "garbage": `{` + least + `}x`, "BOM": "\ufeff{" + least + `}`, "comment": `{` + least + `/**/}`, "NaN": more(`"x":NaN`), "comma": `{` + least + `,}`,
		// C22
		"sub not UTF-8": with(`"s"`, "\"\xff\""), "sub lone surrogate": with(`"s"`, `"\ud83d"`), "sub NUL": with(`"s"`, `"s\u0000"`), "name NUL": more(`"name":"\u0000"`), "aud NUL": with(`"a"`, `"a\u0000"`), "name lone surrogate": more(`"name":"\ude00"`), "unknown not UTF-8": more("\"x\":\"\xff\""),
		"nonce NUL": more(`"nonce":"a\u0000b"`), "name null": more(`"name":null`), "name object": more(`"name":{}`), "email number": more(`"email":1`), "picture true": more(`"picture":true`), "birthdate number": more(`"birthdate":19900131`), "phone number": more(`"phone_number":81`),
		"address string": more(`"address":"x"`), "address null": more(`"address":null`), "address member twice": more(`"address":{"region":"a","region":"b"}`), "address number": more(`"address":{"postal_code":1}`), "address NUL": more(`"address":{"country":"\u0000"}`),
		"deep": more(`"x":` + strings.Repeat("[", 8) + strings.Repeat("]", 8)),
	}
	for name, text := range cases {
		if strings.TrimPrefix(text, "{") == least+"}" {
			t.Errorf("%s: the case changes nothing", name)
		}
		if got, err := idtoken.Parse([]byte(text)); got != nil || !errors.Is(err, idtoken.ErrMalformed) {
			t.Errorf("%s: %.80s gave %+v, %v", name, text, got, err)
		}
	}
}

// TestParseErrorsNameTheClaim helps whoever must mend a token, and shows no value.
func TestParseErrorsNameTheClaim(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"sub":["hunter2"]}`:                       "sub",
		`{"iss":"hunter2"}`:                         "no sub",
		`{"nonce":{"hunter2":1}}`:                   "nonce",
		`{"exp":"hunter2"}`:                         "exp",
		`{"address":{"region":1}}`:                  "address",
		`{"iss":"hunter2","sub":"hunter2","exp":1}`: "no aud",
	} {
		_, err := idtoken.Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want one that says %q", text, err, want)
		}
	}
}
