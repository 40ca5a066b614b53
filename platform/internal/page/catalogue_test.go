package page_test

import (
	"html"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tegata-id/tegata/platform/internal/page"
)

// messages returns all messages, which the test may change.
func messages(t *testing.T) map[string]map[string]string {
	t.Helper()
	all, err := page.Messages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A language that lacks something does not start.
func TestCatalogues(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(map[string]map[string]string){
		"ja: login.submit is missing":                        func(m map[string]map[string]string) { delete(m["ja"], "login.submit") },
		"th: login.submit is missing":                        func(m map[string]map[string]string) { m["th"]["login.submit"] = " " },
		"ko: login.heading has the placeholders []":          func(m map[string]map[string]string) { m["ko"]["login.heading"] = "로그인" },
		"en: login.heading has the placeholders [{app} {x}]": func(m map[string]map[string]string) { m["ja"]["login.heading"] = "{app}{x}" },
		"zh-Hant: extra is unknown":                          func(m map[string]map[string]string) { m["zh-Hant"]["extra"] = "x" },
		"messages of ko are missing":                         func(m map[string]map[string]string) { delete(m, "ko") },
		"a language is not in the menu":                      func(m map[string]map[string]string) { m["fr"] = m["en"] },
		"message login.submit is missing": func(m map[string]map[string]string) {
			for _, c := range m {
				delete(c, "login.submit")
			}
		},
	} {
		all := messages(t)
		spoil(all)
		_, err := page.NewWith(page.Config{}, all)
		if want := strings.TrimPrefix(name, "en: "); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
	if _, err := page.NewWith(page.Config{}, messages(t)); err != nil {
		t.Errorf("all messages: %v", err)
	}
}

// Each language is a translation: few messages may be the same as in English.
func TestTranslated(t *testing.T) {
	t.Parallel()
	all := messages(t)
	for _, tag := range []string{"ja", "th", "zh-Hant", "ko"} {
		for key, text := range all[tag] {
			if text == all["en"][key] {
				t.Errorf("%s in %s is the English %q", key, tag, text)
			}
			if strings.HasSuffix(text, " ") || strings.HasPrefix(text, " ") || strings.Contains(text, "  ") {
				t.Errorf("%s in %s has blanks to spare: %q", key, tag, text)
			}
		}
	}
}

// Every message is on some page.
func TestNoIdleMessage(t *testing.T) {
	t.Parallel()
	all := messages(t)
	marked := map[string]map[string]string{}
	for tag, c := range all {
		marked[tag] = map[string]string{}
		for key, text := range c {
			marked[tag][key] = "«" + key + "»" + strings.Join(regexp.MustCompile(`\{[a-z]+\}`).FindAllString(text, -1), "")
		}
	}
	p, err := page.NewWith(page.Config{Dev: true}, marked)
	if err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	for _, s := range samples(plain()) {
		seen.WriteString(body(t, p, s.write, get("/x")))
	}
	many := page.Error{Status: 400, Given: "x", Registered: strings.Split(strings.Repeat("y ", 30), " ")}
	w := body(t, p, func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		return p.Error(w, r, visit(), many)
	}, get("/x"))
	seen.WriteString(w)
	alone := page.Consent{App: page.App{Name: "x"}, Action: "/c"}
	seen.WriteString(body(t, p, func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		return p.Consent(w, r, visit(), alone)
	}, get("/x")))
	items := alone
	for _, scope := range []string{"email", "phone", "address"} {
		items.Items = append(items.Items, page.ConsentItem{Scope: scope, Value: "v"})
	}
	seen.WriteString(body(t, p, func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		return p.Consent(w, r, visit(), items)
	}, get("/x")))
	for _, key := range slices.Sorted(maps.Keys(all["en"])) {
		if !strings.Contains(seen.String(), "«"+key+"»") {
			t.Errorf("%s is on no page", key)
		}
	}
}

// pseudo writes a message in letters that no language uses so, and leaves placeholders.
func pseudo(text string) string {
	from, to := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", []rune("áƀćđéƒğħíĵķłɱńóƥɋřšťúṽŵẋýžÁƁĆĐÉƑĞĦÍĴĶŁṀŃÓƤɊŘŠŤÚṼŴẊÝŽ")
	var out strings.Builder
	inside := false
	for _, c := range text {
		inside = inside && c != '}' || c == '{'
		if i := strings.IndexRune(from, c); i >= 0 && !inside {
			c = to[i]
		}
		out.WriteRune(c)
	}
	return out.String()
}

var (
	asciiWord = regexp.MustCompile(`[A-Za-z]{2,}`)
	tagText   = regexp.MustCompile(`<[^>]*>`)
	spoken    = regexp.MustCompile(` (?:aria-label|title|alt|placeholder|data-show|data-hide)="([^"]*)"`)
	unspoken  = regexp.MustCompile(`<a href="[^"]*" lang="[^"]*"[^>]*>[^<]*</a>|<strong>DEV</strong>`)
)

// Every string that people see comes from the messages: in a pseudo-language no word
// of a natural one is left.
func TestPseudoLocale(t *testing.T) {
	t.Parallel()
	all := messages(t)
	for _, c := range all {
		for key, text := range c {
			c[key] = pseudo(text)
		}
	}
	p, err := page.NewWith(page.Config{Dev: true}, all)
	if err != nil {
		t.Fatal(err)
	}
	foreign := words{app: "茶屋", provider: "会社", name: "花子", note: "注", email: "花@例", value: "花***", message: "文", url: "値"}
	for _, s := range samples(foreign) {
		b := unspoken.ReplaceAllString(body(t, p, s.write, get("/x?lang=ja")), "")
		seen := []string{html.UnescapeString(tagText.ReplaceAllString(b, "\n"))}
		for _, m := range spoken.FindAllStringSubmatch(b, -1) {
			seen = append(seen, html.UnescapeString(m[1]))
		}
		for _, text := range seen {
			for _, word := range asciiWord.FindAllString(text, -1) {
				t.Errorf("%s: %q does not come from the messages", s.name, word)
			}
		}
		if !strings.ContainsFunc(strings.Join(seen, ""), func(c rune) bool { return c > 0x17f && unicode.IsLetter(c) }) {
			t.Errorf("%s: no pseudo-language on the page", s.name)
		}
	}
}
