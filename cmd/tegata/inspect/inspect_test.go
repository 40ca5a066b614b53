package inspect_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/cmd/tegata/inspect"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/internal/wrongtoken"
)

var update = flag.Bool("update", false, "write what is printed into testdata")

// all is the list of wrong tokens, made once: it holds an RSA key.
var all = sync.OnceValue(wrongtoken.All)

// wanted is what a server of a case expects.
func wanted(t *testing.T, c wrongtoken.Case) inspect.Want {
	t.Helper()
	s := c.Settings
	w := inspect.Want{
		Issuer: s.Issuer, Channel: s.Channel, Nonce: s.Nonce, MaxAge: s.MaxAge, AMR: s.AMR, Now: s.Now, Leeway: s.Leeway,
		Clock: "the test's clock", Algorithms: []string{},
	}
	if s.Keys&wrongtoken.ES256 != 0 {
		w.Algorithms = append(w.Algorithms, "ES256")
		set, err := jose.ParseSet([]byte(c.Set))
		if err != nil {
			set = jose.Set{}
		}
		w.Set = &set
	}
	if s.Keys&wrongtoken.HS256 != 0 {
		w.Algorithms = append(w.Algorithms, "HS256")
		var err error
		if w.Secret, err = jose.NewMACKey([]byte(s.Secret)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// checksOf says which checks stand for a reason of the library.
var checksOf = map[string][]string{
	"malformed": {"form", "header", "claims"}, "algorithm": {"algorithm", "form"}, "unknown_key": {"key"}, "signature": {"signature"},
	"issuer": {"issuer"}, "audience": {"audience"}, "expired": {"expiry"}, "not_yet_valid": {"issued at"}, "nonce": {"nonce"},
	"max_age": {"auth time"}, "method": {"methods"},
}

// TestAsTheLibrary: every wrong token is refused for the reason for which the library
// refuses it, and the good ones are valid.
func TestAsTheLibrary(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, c := range all() {
		if c.Reason == "config" || c.Reason == "inactive" { // the library is not even set up so, or asks the platform
			continue
		}
		r := inspect.IDToken(c.Token, wanted(t, c))
		if c.Reason == "" && r.Verdict == inspect.Valid { // it may be taken as its own user's
			continue
		}
		failed := r.Named(inspect.Fail)
		if c.Reason == "" || r.Verdict != inspect.Refused || !slices.ContainsFunc(failed, func(name string) bool { return slices.Contains(checksOf[c.Reason], name) }) {
			t.Errorf("%s (%s): %s, failed %q; the library says %q", c.ID, c.Attack, r.Verdict, failed, c.Reason)
			continue
		}
		refused++
	}
	if refused < 300 {
		t.Errorf("only %d tokens were refused", refused)
	}
	for _, c := range append(wrongtoken.Controls(), wrongtoken.Neighbours()...) {
		if r := inspect.IDToken(c.Token, wanted(t, c)); r.Verdict != inspect.Valid || !strings.HasPrefix(r.Summary(), "valid") {
			t.Errorf("%s: %s, want valid\n%s", c.ID, r.Summary(), r.Text(false))
		}
	}
}

// TestNeverValidUnchecked: without a key, or without the server's own channel, a good token
// is undecided, and the report says what could not be checked.
func TestNeverValidUnchecked(t *testing.T) {
	t.Parallel()
	for _, c := range wrongtoken.Controls() {
		for name, tt := range map[string]struct {
			change func(*inspect.Want)
			want   []string
		}{
			"no keys":    {func(w *inspect.Want) { w.Set, w.Secret = nil, nil }, []string{"key", "signature"}},
			"no channel": {func(w *inspect.Want) { w.Channel = "" }, []string{"audience"}},
			"nothing":    {func(w *inspect.Want) { w.Set, w.Secret, w.Channel = nil, nil, "" }, []string{"key", "signature", "audience"}},
		} {
			w := wanted(t, c)
			tt.change(&w)
			r := inspect.IDToken(c.Token, w)
			if got := r.Named(inspect.NotRun); r.Verdict != inspect.Undecided || !slices.Equal(got, tt.want) || strings.Contains(r.Text(true), "alid:") {
				t.Errorf("%s, %s: %s, not run %q", c.ID, name, r.Verdict, got)
			}
		}
	}
}

// TestSignatureIsNotShown: neither text nor JSON lets anybody use the token.
func TestSignatureIsNotShown(t *testing.T) {
	t.Parallel()
	for _, c := range append(wrongtoken.Controls(), all()...) {
		parts := strings.Split(c.Token, ".")
		if len(parts) != 3 || len(parts[2]) < 20 || c.Reason == "config" {
			continue
		}
		r := inspect.IDToken(c.Token, wanted(t, c))
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if strings.Contains(string(data), parts[2]) || strings.Contains(r.Text(true), parts[2]) {
			t.Errorf("%s: the report holds the signature", c.ID)
		}
	}
}

// TestExample: LINE's own example ends before it begins, and its sub ends in a blank. The
// text is as in testdata, which -update writes.
func TestExample(t *testing.T) {
	t.Parallel()
	r := inspect.IDToken(inspect.Example(), inspect.Want{
		Issuer: wire.Issuer, Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Clock: "by this machine's clock", Leeway: time.Minute,
	})
	r.Note = inspect.ExampleNote
	if got := r.Named(inspect.Fail); !slices.Equal(got, []string{"expiry"}) {
		t.Errorf("failed: %q, want expiry", got)
	}
	if got := r.Named(inspect.Odd); !slices.Equal(got, []string{"subject"}) {
		t.Errorf("odd: %q, want subject", got)
	}
	for name, text := range map[string]string{"example.txt": r.Text(false), "example-explained.txt": r.Text(true)} {
		path := "testdata/" + name
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAccessToken(t *testing.T) {
	t.Parallel()
	good := wire.VerifyResponse{Scope: "profile openid", ClientID: "2000000001", ExpiresIn: 43200}
	profile := wire.Profile{UserID: wrongtoken.User, DisplayName: "Hanako"}
	w := inspect.Want{Channel: "2000000001", Now: wrongtoken.Now(), Clock: "the test's clock"}
	with := func(change func(v *wire.VerifyResponse)) *inspect.Answers {
		v := good
		change(&v)
		return &inspect.Answers{Verify: &v, Profile: &profile}
	}
	for _, tt := range []struct {
		name, token string
		answers     *inspect.Answers
		change      func(*inspect.Want)
		want        inspect.Verdict
		checks      []string // failed, or not run if undecided
	}{
		{"good", "tga_Axyz", with(func(*wire.VerifyResponse) {}), nil, inspect.Valid, nil},
		{"offline", "tga_Axyz", nil, nil, inspect.Undecided, []string{"live", "channel", "time left", "scope", "user"}},
		{"no channel of our own", "tga_Axyz", with(func(*wire.VerifyResponse) {}), func(w *inspect.Want) { w.Channel = "" }, inspect.Undecided, []string{"channel"}},
		{"refused", "tga_Axyz", &inspect.Answers{Refusal: "the token was revoked: close"}, nil, inspect.Refused, []string{"live"}},
		{"other channel", "tga_Axyz", with(func(v *wire.VerifyResponse) { v.ClientID = "2000000002" }), nil, inspect.Refused, []string{"channel"}},
		{"no time left", "tga_Axyz", with(func(v *wire.VerifyResponse) { v.ExpiresIn = 0 }), nil, inspect.Refused, []string{"time left"}},
		{"no profile", "tga_Axyz", with(func(v *wire.VerifyResponse) { v.Scope = "openid profiles" }), nil, inspect.Refused, []string{"scope"}},
		{"profile refused", "tga_Axyz", &inspect.Answers{Verify: &good, ProfileRefusal: "401"}, nil, inspect.Refused, []string{"user"}},
		{"other user", "tga_Axyz", with(func(*wire.VerifyResponse) {}), func(w *inspect.Want) { w.UserID = wrongtoken.Victim }, inspect.Refused, []string{"user"}},
		{"refresh token", "tgr_Axyz", nil, nil, inspect.Refused, []string{"form"}},
		{"admin token", "tgadm_xyz", nil, nil, inspect.Refused, []string{"form"}},
	} {
		w := w
		if tt.change != nil {
			tt.change(&w)
		}
		r := inspect.AccessToken(tt.token, w, tt.answers)
		got := r.Named(inspect.Fail)
		if r.Verdict == inspect.Undecided {
			got = r.Named(inspect.NotRun)
		}
		if r.Verdict != tt.want || !slices.Equal(got, tt.checks) {
			t.Errorf("%s: %s %q, want %s %q", tt.name, r.Verdict, got, tt.want, tt.checks)
		}
		if strings.Contains(r.Text(true), tt.token) {
			t.Errorf("%s: the report holds the token", tt.name)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a.b.c": "a.b.c", " a.b.c\r\n": "a.b.c", "Bearer a.b.c": "a.b.c", "authorization: bearer a.b.c": "a.b.c", "Authorization:Bearer  a.b.c": "a.b.c",
		`"a.b.c"`: "a.b.c", "'a.b.c'\n": "a.b.c", "tga_A+/=": "tga_A+/=",
	} {
		if got, err := inspect.Read(text); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", " \n", `""`, "Bearer ", "a.b\n.c", "a b", "a.b.ç", "\x00", strings.Repeat("a", inspect.MaxInput+1)} {
		if got, err := inspect.Read(text); err == nil || got != "" {
			t.Errorf("%q: %q, want an error", text[:min(len(text), 20)], got)
		}
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for _, c := range append(wrongtoken.Controls(), wrongtoken.Neighbours()...) {
		if got := inspect.KindOf(c.Token); got != inspect.KindIDToken {
			t.Errorf("%s: %s", c.ID, got)
		}
	}
	// As LINE's access tokens look: a JWS whose payload nobody else can read.
	for _, token := range []string{"eyJhbGciOiJIUzI1NiJ9.UnQ_o-GP0VtnwDjbK0C8E_NvK.FAr4CPJyVGdNnOEXlUXKc8", "bNl4YEFPI/hjFWhTqexp4MuEw5YPs", "tga_Axyz"} {
		if got := inspect.KindOf(token); got != inspect.KindAccessToken {
			t.Errorf("%s…: %s", token[:10], got)
		}
	}
}

// FuzzRead: a token that is read holds nothing that could break a line or a header.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"a.b.c", "Bearer x", `"x"`, "authorization: Bearer 'x'", "\u00a0x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token, err := inspect.Read(text)
		if (err == nil) != (token != "") || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
			t.Fatalf("%q: %q, %v", text, token, err)
		}
	})
}

// FuzzReport: whatever comes, a report is made, nothing is valid that was not signed, and
// nothing reaches the terminal that moves its cursor.
func FuzzReport(f *testing.F) {
	c := wrongtoken.Controls()[0]
	for _, token := range []string{inspect.Example(), "", "..", "eyJhbGciOiJub25lIn0.e30.", "e30.e30.AAAA", "a.b.c.d.e", strings.Replace(c.Token, ".", "=.", 1)} {
		f.Add(token)
	}
	set, err := jose.ParseSet([]byte(c.Set))
	if err != nil {
		f.Fatal(err)
	}
	good := map[string]bool{}
	for _, c := range append(wrongtoken.Controls(), wrongtoken.Neighbours()...) {
		good[c.Token] = true
	}
	f.Fuzz(func(t *testing.T, token string) {
		r := inspect.IDToken(token, inspect.Want{Issuer: wrongtoken.Issuer, Channel: wrongtoken.Channel, Now: wrongtoken.Now(), Leeway: time.Minute, Set: &set})
		if r.Verdict == inspect.Valid && !good[token] && token != c.Token {
			t.Fatalf("%q is valid", token)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		if text := r.Text(true); strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f || c >= 0x80 && c < 0xa0 }) {
			t.Fatalf("%q: control characters in %q", token, text)
		}
	})
}
