package oauth2_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

func TestForm(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		name, contentType, body string
		status                  int // 0: fine
	}{
		{"plain", form, "a=1&b=%E3%81%82", 0},
		{"as the LIFF SDK sends it", form + ";charset=UTF-8", "a=1", 0},
		{"empty", form, "", 0},
		{"json", "application/json", "{}", 400},
		{"no content type", "", "a=1", 400},
		{"bad percent", form, "a=%zz", 400},
		{"semicolon", form, "a=1;b=2", 400},
		{"not UTF-8", form, "a=%ff", 400},
		{"NUL", form, "a=%00", 400},
		{"too many", form, strings.Repeat("a=1&", 300), 400},
		{"too large", form, "a=" + strings.Repeat("x", oauth2.MaxBody), 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/?a=query", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.contentType)
			p, err := oauth2.Form(r)
			if tt.status == 0 {
				if err != nil || p.Get("a") == "query" {
					t.Fatalf("Form: %v, a=%q", err, p.Get("a"))
				}
				return
			}
			var e *oauth2.Error
			if !errors.As(err, &e) || e.HTTPStatus() != tt.status || e.Check == "" || e.Fix == "" {
				t.Fatalf("Form: %#v, want an Error with status %d, a check and a fix", err, tt.status)
			}
		})
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	p, err := oauth2.Query(httptest.NewRequest("GET", "/?b=1&a=1&a=2&b=3&empty=", nil))
	if err != nil {
		t.Fatal(err)
	}
	if p.Repeated() != "a" || !p.Has("empty") || p.Has("none") || len(p.All("b")) != 2 {
		t.Errorf("Repeated %q, Has(empty) %v, Has(none) %v, All(b) %v", p.Repeated(), p.Has("empty"), p.Has("none"), p.All("b"))
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	got := oauth2.ParseScope("  openid profile  openid email ")
	if !slices.Equal(got, []string{"openid", "profile", "email"}) {
		t.Errorf("ParseScope: %v", got)
	}
	if s := oauth2.FormatScope(got); s != "openid profile" {
		t.Errorf("FormatScope: %q; email must never be listed", s)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                              "",
		strings.Repeat("a", 300):        strings.Repeat("a", 300),
		strings.Repeat("a", 301):        strings.Repeat("a", 300) + "…",
		"ab" + strings.Repeat("茶", 100): "ab" + strings.Repeat("茶", 99) + "…", // not in the middle of one
	} {
		if got := oauth2.Clip(in); got != want {
			t.Errorf("Clip(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("a=1&b=%E3%81%82&a=2")
	f.Add("%zz;")
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = raw
		p, err := oauth2.Query(r)
		if err != nil && p.Repeated() != "" {
			t.Fatal("an error with half of the parameters")
		}
	})
}
