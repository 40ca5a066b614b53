package liffapp_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/store"
)

// opened is what the page of a LIFF URL carries.
type opened struct{ endpoint, rest, fallback string }

// pageParts finds the three in the page's main element, wherever they stand there.
var pageParts = []*regexp.Regexp{
	regexp.MustCompile(`data-endpoint="([^"]*)"`), regexp.MustCompile(`data-rest="([^"]*)"`), regexp.MustCompile(`<a[^>]* href="([^"]*)"`),
}

// open opens a LIFF URL.
func (w *world) open(target string, headers ...string) opened {
	w.t.Helper()
	a := w.ask("GET", target, "", headers...)
	main, _, _ := strings.Cut(a.body[max(0, strings.Index(a.body, "<main")):], "</main>")
	var parts []string
	for _, part := range pageParts {
		all := part.FindAllStringSubmatch(main, -1)
		if a.status != 200 || len(all) != 1 {
			w.t.Fatalf("%s: %d %s, want the page that opens", target, a.status, a.body)
		}
		parts = append(parts, html.UnescapeString(all[0][1]))
	}
	return opened{parts[0], parts[1], parts[2]}
}

// TestOpen has the examples of LINE's page "Opening a LIFF app", and others.
func TestOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, c := range []struct{ endpoint, more, rest, fallback string }{
		{"https://example.com/2020campaign/", "", "", "https://example.com/2020campaign/"},
		{"https://example.com/2020campaign/", "/", "", "https://example.com/2020campaign/"},
		{"https://example.com/2020campaign/?key=value", "/path_A/?key1=value1", "path_A/?key1=value1", "https://example.com/2020campaign/?key=value&liff.state=path_A%2F%3Fkey1%3Dvalue1"},
		{"https://example.com/path1?q1=v1", "/path2?q2=v2", "/path2?q2=v2", "https://example.com/path1?q1=v1&liff.state=%2Fpath2%3Fq2%3Dv2"},
		{"https://example.com/path1", "?q2=v2", "?q2=v2", "https://example.com/path1?liff.state=%3Fq2%3Dv2"},
		{"https://example.com/path1", "/?q2=v2", "?q2=v2", "https://example.com/path1?liff.state=%3Fq2%3Dv2"},
		{"https://example.com", "/path?t=http%3A%2F%2Fexample.org%2F", "/path?t=http%3A%2F%2Fexample.org%2F", "https://example.com?liff.state=%2Fpath%3Ft%3Dhttp%253A%252F%252Fexample.org%252F"},
		{"https://example.com/?a=/", "/deep", "deep", "https://example.com/?a=/&liff.state=deep"},
		{"https://example.com/a?b=/", "/deep", "/deep", "https://example.com/a?b=/&liff.state=%2Fdeep"},
		{"https://example.com/", "/deep/page?x=1&y=%E8%8C%B6&z=a%26b%3Dc", "deep/page?x=1&y=%E8%8C%B6&z=a%26b%3Dc", "https://example.com/?liff.state=deep%2Fpage%3Fx%3D1%26y%3D%25E8%258C%25B6%26z%3Da%2526b%253Dc"},
		{"https://example.com/", "/%2e%2e/x%2Fy", "%2e%2e/x%2Fy", "https://example.com/?liff.state=%252e%252e%2Fx%252Fy"},
		{"https://example.com/", "/a+b?c+d", "a+b?c+d", "https://example.com/?liff.state=a%2Bb%3Fc%2Bd"},
		{"https://example.com/", "/%22%3E%3Cscript%3E", "%22%3E%3Cscript%3E", "https://example.com/?liff.state=%2522%253E%253Cscript%253E"},
		{"https://example.com/", "?%22><script>'&amp;", "?%22><script>'&amp;", "https://example.com/?liff.state=%3F%2522%3E%3Cscript%3E%27%26amp%3B"},
		{"https://example.com/", "//evil.example", "evil.example", "https://example.com/?liff.state=evil.example"},
	} {
		id := fmt.Sprintf("%s-open%04d", channelID, i)
		w.app(store.LIFFApp{ID: id, EndpointURL: c.endpoint})
		target := "/" + id + c.more
		if strings.HasPrefix(c.more, "//") { // the mux cleans the path by a redirect first
			a := w.ask("GET", target, "")
			u, err := url.Parse(a.header.Get("Location"))
			if err != nil || u.Path != "/"+id+c.more[1:] || u.Host != "" && u.Host != "localhost:4800" {
				t.Errorf("%s: %d to %s, want the same without the double slash", target, a.status, a.header.Get("Location"))
			}
			target = "/" + id + c.more[1:]
		}
		if got, want := w.open(target), (opened{c.endpoint, c.rest, c.fallback}); got != want {
			t.Errorf("endpoint %s, LIFF URL with %q:\n got %+v\nwant %+v", c.endpoint, c.more, got, want)
		}
		fallback, err := url.Parse(c.fallback)
		if err != nil || fallback.Query().Get("liff.state") != c.rest || fallback.Host != "example.com" {
			t.Errorf("%s: liff.state %q, want %q at example.com", c.fallback, fallback.Query().Get("liff.state"), c.rest)
		}
	}
}

func TestOpenByOtherHosts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, host := range []string{"liff.line.me", "miniapp.line.me", "liff.line.me:443", "localhost:4800"} {
		if got := w.open("/"+appID+"/tea", "Host", host); got.rest != "tea" || got.endpoint != endpoint {
			t.Errorf("%s: %+v", host, got)
		}
	}
	// A LIFF ID in percent-encoding is the same one.
	if got := w.open("/%32000000001-demo0001/tea?x=1"); got.rest != "tea?x=1" {
		t.Errorf("LIFF ID in percent-encoding: %+v", got)
	}
}

func TestReferrer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := base + "/" + otherID + "-demo0003/page?x=1"
	if got := w.open("/"+appID, "Referer", from); got.endpoint != endpoint+"?liff.referrer="+url.QueryEscape(from) || got.fallback != got.endpoint {
		t.Errorf("from another LIFF URL: %+v", got)
	}
	for _, ref := range []string{
		"", "https://evil.example/", "https://evil.example/" + appID, base + "/", base + "/oauth2/v2.1/authorize", base + "/2000000001-demo", "://", "about:blank",
		base + ".evil.example/" + appID, "javascript:alert(1)",
	} {
		if got := w.open("/"+appID, "Referer", ref); got.endpoint != endpoint {
			t.Errorf("from %q: %+v, want no liff.referrer", ref, got)
		}
	}
}

// TestNoLIFFURL: what does not begin with a LIFF ID is answered as if LIFF URLs were
// not there; an unknown LIFF ID gets a page.
func TestNoLIFFURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		method, path string
		status       int
		isPage       bool
	}{
		{"GET", "/" + channelID + "-nobody00", 404, true},
		{"GET", "/" + channelID + "-nobody00/deep?x=1", 404, true},
		{"GET", "/favicon.ico", 404, false},
		{"GET", "/oauth2/v2.1/nothing", 404, false},
		{"GET", "/2000000001", 404, false},
		{"GET", "/2000000001-demo", 404, false},
		{"GET", "/2000000001-demo00011/x", 404, false},
		{"GET", "/a-demo0001", 404, false},
		{"GET", "/-demo0001", 404, false},
		{"GET", "/2000000001-demo%00001", 404, false},
		{"GET", "/２０００-demo0001", 404, false},
		{"GET", "/oauth2/v2.1/token", 405, false},
	} {
		a := w.ask(c.method, c.path, "")
		isPage := strings.HasPrefix(a.header.Get("Content-Type"), "text/html")
		if a.status != c.status || isPage != c.isPage || a.header.Get("X-Line-Request-Id") == "" {
			t.Errorf("%s %s: %d %s %.100s, want %d, as a page: %v", c.method, c.path, a.status, a.header.Get("Content-Type"), a.body, c.status, c.isPage)
		}
	}
	if a := w.ask("GET", "/oauth2/v2.1/token", ""); a.header.Get("Allow") != "POST" {
		t.Errorf("Allow %q, want POST", a.header.Get("Allow"))
	}
}
