package lab_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

func apply(t *testing.T, s *lab.Seed) *memory.Store {
	t.Helper()
	st := memory.New(memory.Config{})
	err := s.Apply(t.Context(), lab.Target{
		Store: st, Now: func() time.Time { return time.Unix(1_767_225_600, 0) }, DemoOrigin: "http://localhost:4801",
		SealSecret:   func(_, secret string) ([]byte, error) { return []byte(secret), nil },
		HashPassword: login.HashPassword,
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// TestDefaultSeed holds the names that programs of others rely on.
func TestDefaultSeed(t *testing.T) {
	t.Parallel()
	s, err := lab.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	st := apply(t, s)
	for _, id := range []string{"2000000001", "2000000002", "2000000003", "2000000004"} {
		c, err := st.Channel(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^dev0[0-9a-f]{28}$`).Match(c.Secrets[0].Sealed) {
			t.Errorf("channel %s: secret is not dev0 and 28 hexadecimal digits", id)
		}
		if (c.Status == store.Developing) != (id == "2000000004") {
			t.Errorf("channel %s: status %v", id, c.Status)
		}
	}
	for id, endpoint := range map[string]string{
		"2000000001-demo0001": "http://localhost:4801/", "2000000001-demo0002": "http://localhost:4801/order/",
		"2000000002-demo0003": "http://localhost:4801/loyalty/", "2000000003-demo0004": "http://localhost:4801/noodles/",
	} {
		if a, err := st.LIFFApp(t.Context(), id); err != nil || a.EndpointURL != endpoint {
			t.Errorf("LIFF app %s: %+v, %v", id, a, err)
		}
	}
	for _, handle := range []string{"hanako", "taro", "somchai", "mei", "jiwoo", "noemail", "blocked"} {
		p, err := st.PersonByLogin(t.Context(), handle+"@example.com")
		if err != nil {
			t.Fatalf("%s: %v", handle, err)
		}
		if ok, err := login.VerifyPassword(p.PasswordHash, "demo"); err != nil || !ok {
			t.Errorf("%s: the committed hash is not that of demo: %v", handle, err)
		}
		id, err := st.UserID(t.Context(), p.ID, "1000000001", "U-other")
		if err != nil || id != lab.UserID("1000000001", handle) || !regexp.MustCompile(`^U[0-9a-f]{32}$`).MatchString(id) {
			t.Errorf("%s: user ID %q, %v", handle, id, err)
		}
	}
	if f, err := st.Friendship(t.Context(), lab.PersonID("blocked"), "@teahouse"); err != nil || f != store.Blocked {
		t.Errorf("blocked: friendship %v, %v", f, err)
	}
}

func TestParseSeed(t *testing.T) {
	t.Parallel()
	const good = "providers: [{id: \"1\", name: P}]\nchannels:\n  - id: \"2\"\n    provider: \"1\"\n    name: C\n    secret: 0123456789abcdef0123456789abcdef\n"
	for _, tt := range []struct{ name, in, want string }{
		{"good", good, ""},
		{"misspelt key", good + "    calbacks: []\n", `s.yaml:7: unknown key "calbacks"; did you mean "callbacks"?`},
		{"short secret", strings.Replace(good, "0123456789abcdef", "", 1), `channel "2": secret has 16 characters; want 32`},
		{"unknown provider", strings.Replace(good, `provider: "1"`, `provider: "9"`, 1), `provider "9" is not among providers`},
		{"callback with a fragment", good + "    callbacks: [\"http://localhost/#x\"]\n", "has a fragment"},
		{"callback without TLS", good + "    callbacks: [\"http://example.com/\"]\n", "want https, or http on localhost"},
		{"callback at a lookalike of loopback", good + "    callbacks: [\"http://127.0.0.1.example.com/\"]\n", "want https, or http on localhost"},
		{"role of nobody", good + "    roles: {anna: admin}\n", `roles name "anna", who is not among users`},
		{"bad scope", good + "    scopes: [friends]\n", `scope "friends"`},
		{"assertion key that is none", good + "    assertionKeys: [{id: k, jwk: \"{}\"}]\n", `assertion key "k": jwk: `},
		{"LIFF app of no channel", good + "liffApps: [{id: 3-abcdefgh, demo: /}]\n", "its channel 3 is not among channels"},
		{"LIFF app nowhere", good + "liffApps: [{id: 2-abcdefgh}]\n", "want either endpointUrl or demo"},
		{"bad handle", good + "users: [{handle: \"Ä\", name: x}]\n", "want a handle of lower-case letters"},
		{"nothing", "", "no channels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := lab.ParseSeed("s.yaml", []byte(tt.in))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAssertionKeys(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	jwk := `{"kty":"RSA","alg":"RS256","use":"sig","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString(key.N.Bytes()) + `"}`
	const channel = "providers: [{id: \"1\", name: P}]\nchannels:\n  - id: \"2\"\n    provider: \"1\"\n    name: C\n    secret: 0123456789abcdef0123456789abcdef\n    assertionKeys:\n"
	line := "      - {id: k1, jwk: '" + jwk + "'}\n"
	s, err := lab.ParseSeed("s.yaml", []byte(channel+line))
	if err != nil {
		t.Fatal(err)
	}
	c, err := apply(t, s).Channel(t.Context(), "2")
	if err != nil || len(c.AssertionKeys) != 1 || c.AssertionKeys[0].KeyID != "k1" || string(c.AssertionKeys[0].JWK) != jwk {
		t.Errorf("assertion keys %+v: %v; want k1 with its JWK", c.AssertionKeys, err)
	}
	if _, err := lab.ParseSeed("s.yaml", []byte(channel+line+line)); err == nil || !strings.Contains(err.Error(), `assertion key "k1"`) {
		t.Errorf("one id twice: %v, want an error that names it", err)
	}
}

func FuzzParseSeed(f *testing.F) {
	f.Add([]byte("providers: [{id: \"1\", name: P}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := lab.ParseSeed("f", data); (s == nil) == (err == nil) {
			t.Fatalf("seed %v with error %v", s, err)
		}
	})
}
