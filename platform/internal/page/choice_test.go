package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/page"
)

// ask shows a login page and returns the answer.
func ask(t *testing.T, p *page.Renderer, uiLocales string, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	if err := p.Login(w, r, page.Visit{UILocales: uiLocales}, page.Login{App: page.App{Name: "Tea House"}, Action: "/login?loginState=t", Token: "t"}); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	for _, c := range []struct{ query, uiLocales, cookie, accept, want string }{
		{"", "", "", "", "en"},
		{"", "", "", "ja", "ja"},
		{"", "", "", "fr, ko;q=0.8, en;q=0.5", "ko"},
		{"", "", "", "th-TH,th;q=0.9,en;q=0.8", "th"},
		{"", "", "", "zh-TW", "zh-Hant"},
		{"", "", "", "zh-HK,en", "zh-Hant"},
		{"", "", "", "zh-Hant-TW", "zh-Hant"},
		{"", "", "", "fr", "en"},
		{"", "", "", "not a language!!", "en"},
		{"", "", "", strings.Repeat("ja,", 1000), "en"},
		{"", "", "ja", "ko", "ja"},
		{"", "", "xx", "ko", "ko"},
		{"", "", "ja<script>", "ko", "ko"},
		{"", "ko", "ja", "th", "ko"},
		{"", "fr de", "ja", "th", "ja"},
		{"", "fr ja", "", "th", "ja"},
		{"", "!! zh-TW", "", "", "zh-Hant"},
		{"lang=th", "ko", "ja", "en", "th"},
		{"lang=fr", "ko", "ja", "en", "ko"},
		{"lang=%22%3E", "", "", "", "en"},
		// A choice made against ui_locales holds as long as the app asks for the same.
		{"", "ko", "ja.ko", "", "ja"},
		{"", "th", "ja.ko", "", "th"},
		{"", "ko en-US", "ja.ko+en-US", "", "ja"},
	} {
		r := get("/x?" + c.query)
		if c.cookie != "" {
			r.Header.Set("Cookie", "tegata_lang="+c.cookie)
		}
		r.Header.Set("Accept-Language", c.accept)
		w := ask(t, p, c.uiLocales, r)
		if got := w.Header().Get("Content-Language"); got != c.want || !strings.Contains(w.Body.String(), `<html lang="`+c.want+`">`) {
			t.Errorf("%+v: language %s", c, got)
		}
	}
}

// The menu's links lead back to the page, remember the choice, and keep the query.
func TestMenus(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	w := ask(t, p, "ko", get("/oauth2/v2.1/login?loginState=t&lang=th&x=a:b%26c&theme=dark"))
	b := w.Body.String()
	for _, want := range []string{
		`href="?loginState=t&amp;x=a%3Ab%26c&amp;lang=ja" lang="ja" hreflang="ja"`,
		`href="?loginState=t&amp;x=a%3Ab%26c&amp;lang=th" lang="th" hreflang="th" aria-current="true"`,
		`href="?loginState=t&amp;x=a%3Ab%26c&amp;theme=light"`,
		`href="?loginState=t&amp;x=a%3Ab%26c&amp;theme=dark" aria-current="true"`,
		`<html lang="th" data-theme="dark">`,
	} {
		if !strings.Contains(b, want) {
			t.Errorf("no %s in\n%s", want, b)
		}
	}
	if got := strings.Join(w.Header().Values("Set-Cookie"), "\n"); got != "tegata_lang=th.ko; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax\ntegata_theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax" {
		t.Errorf("cookies %s", got)
	}
	// A page that nobody chose anything on sets no cookie.
	if got := ask(t, p, "", get("/x")).Header().Values("Set-Cookie"); len(got) > 0 {
		t.Errorf("cookies %v without a choice", got)
	}
	// The page of a refused form is got again by the form's own address.
	refused := ask(t, p, "", httptest.NewRequest(http.MethodPost, "/elsewhere", nil)).Body.String()
	if !strings.Contains(refused, `href="/login?loginState=t&amp;lang=ja"`) {
		t.Errorf("no way back to the form in\n%s", refused)
	}
	r := get("/x")
	r.Header.Set("Cookie", "tegata_theme=dark")
	if b := ask(t, p, "", r).Body.String(); !strings.Contains(b, `data-theme="dark"`) {
		t.Error("the cookie's theme is not taken")
	}
	r = get("/x?theme=auto")
	r.Header.Set("Cookie", "tegata_theme=dark")
	if b := ask(t, p, "", r).Body.String(); strings.Contains(b, "data-theme") {
		t.Error("back to the system's theme: not taken")
	}
}
