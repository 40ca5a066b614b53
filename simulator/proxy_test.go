package simulator_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/simulator"
)

const tag = `<script src="/_tegata/inapp.js"></script>`

func TestScriptPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ page, want string }{
		"head":              {"<!doctype html><html><head><title>x</title>", "<!doctype html><html><head>|<title>x</title>"},
		"head in capitals":  {"<HTML><HEAD lang=en>\n<base>", "<HTML><HEAD lang=en>|\n<base>"},
		"no head":           {"<!doctype html><html lang=en><meta charset=utf-8>", "<!doctype html><html lang=en>|<meta charset=utf-8>"},
		"header is no head": {"<html><header>", "<html>|<header>"},
		"fragment":          {"<div>x</div>", "|<div>x</div>"},
		"comment":           {"<!-- <head> --><html><head>", "<!-- <head> --><html><head>|"},
		"script first":      {"<!doctype html><script>1</script>", "<!doctype html>|<script>1</script>"},
		"text":              {"hello", "|hello"},
		"nothing":           {"", "|"},
		"open comment":      {"<html><!-- ", "<html>|<!-- "},
		"half a tag":        {"<!doctype html><he", "<!doctype html>|<he"},
	} {
		at, _ := simulator.ScriptPlace([]byte(c.page))
		if got := c.page[:at] + "|" + c.page[at:]; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func FuzzScriptPlace(f *testing.F) {
	for _, s := range []string{"<!doctype html><html><head>", "<!--", "<?xml version='1.0'?><html>", "<head", "x<html>y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		at, found := simulator.ScriptPlace([]byte(page))
		if at < 0 || at > len(page) {
			t.Fatalf("place %d of %d", at, len(page))
		}
		// More of the page must not move the script: it is sent already.
		if more, again := simulator.ScriptPlace([]byte(page + "<head>")); found && (more != at || !again) {
			t.Fatalf("place %d, and %d with more of the page", at, more)
		}
	})
}

// TestPages: the script is in every page, and nothing else is changed.
func TestPages(t *testing.T) {
	t.Parallel()
	const page = "<!doctype html><html><head><title>tea</title></head><body>茶</body></html>"
	big := strings.Repeat("x", 300<<10)
	app := http.NewServeMux()
	answer := func(path, media, body string, headers ...string) {
		app.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", media)
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.Header().Set("X-Seen", r.Host+" "+r.Header.Get("Origin")+" "+r.Header.Get("Referer")+" "+r.Header.Get("If-None-Match")+".")
			_, _ = io.WriteString(w, body)
		})
	}
	answer("/app/", "text/html; charset=utf-8", page, "Etag", `"1"`)
	answer("/big", "text/html", "<html><head></head>"+big)
	answer("/code.js", "text/javascript", "<head>")
	answer("/frames", "text/html", page, "X-Frame-Options", "DENY", "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
	app.HandleFunc("/zipped", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, page)
		_ = z.Close()
	})
	w := newWorld(t, app)
	app.Handle("/old", http.RedirectHandler(w.upstream+"/app/", http.StatusFound))
	accept := []string{"Accept", "text/html", "Origin", w.origin, "Referer", w.origin + "/app/", "If-None-Match", `"1"`}

	a := w.send("GET", w.origin+"/app/", "", accept...)
	if want := strings.Replace(page, "<head>", "<head>"+tag, 1); a.body != want {
		t.Errorf("page %s, want %s", a.body, want)
	}
	host := strings.TrimPrefix(w.upstream, "http://")
	if got, want := a.header.Get("X-Seen"), host+" "+w.upstream+" "+w.upstream+"/app/ ."; got != want {
		t.Errorf("the developer's server saw %q, want its own host and origin, and no cache: %q", got, want)
	}
	if a.header.Get("Etag") != "" {
		t.Error("the page has the ETag of the page without the script")
	}
	if a := w.send("GET", w.origin+"/big", "", accept...); a.body != "<html><head>"+tag+"</head>"+big {
		t.Errorf("a long page came with %d bytes", len(a.body))
	}
	if a := w.send("GET", w.origin+"/code.js", ""); a.body != "<head>" {
		t.Errorf("a script became %s", a.body)
	}
	if a := w.send("GET", w.origin+"/old", "", accept...); a.header.Get("Location") != w.origin+"/app/" {
		t.Errorf("redirected to %s, want it at the app's port", a.header.Get("Location"))
	}
	a = w.send("GET", w.origin+"/frames", "", accept...)
	if p := a.header.Get("Content-Security-Policy"); a.header.Get("X-Frame-Options") != "" || !strings.Contains(p, "frame-ancestors "+w.base) || !strings.Contains(p, "connect-src 'self' "+w.base) {
		t.Errorf("headers %v, want a page that may be framed and may call the platform", a.header)
	}
	if a := w.send("GET", w.origin+"/zipped", "", "Accept", "text/html", "Accept-Encoding", "gzip"); a.header.Get("Content-Encoding") != "gzip" {
		t.Errorf("a page that came compressed: %v", a.header)
	}
	var world struct {
		Apps []struct {
			LIFFID string `json:"liffId"`
			Notes  []struct{ Header, Why string }
		}
	}
	w.call("world", nil, &world)
	for _, one := range world.Apps {
		if one.LIFFID == appID && len(one.Notes) < 4 {
			t.Errorf("what the proxy changed is told as %+v", one.Notes)
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	for name, c := range map[string]struct{ policy, want, nonce string }{
		"none of it":     {"upgrade-insecure-requests", "upgrade-insecure-requests", ""},
		"default":        {"default-src 'self'", "default-src 'self'; connect-src 'self' BASE; img-src 'self' BASE; frame-src 'self' BASE", ""},
		"default none":   {"default-src 'none'", "default-src 'none'; script-src-elem 'self'; connect-src 'self' BASE; img-src BASE; frame-src BASE", ""},
		"script by host": {"script-src https://cdn.example", "script-src https://cdn.example; script-src-elem https://cdn.example 'self'", ""},
		"nonce":          {"script-src 'nonce-abc' 'strict-dynamic'", "script-src 'nonce-abc' 'strict-dynamic'", "abc"},
		"framing":        {"frame-ancestors 'self'; form-action 'self'", "frame-ancestors 'self' BASE; form-action 'self' BASE", ""},
		"LINE's files":   {"script-src 'self' https://static.line-scdn.net/liff/", "script-src 'self' https://static.line-scdn.net/liff/ BASE", ""},
		"LINE's names":   {"font-src *.LINE-scdn.net:443; media-src https://*.example.net", "font-src *.LINE-scdn.net:443 BASE; media-src https://*.example.net", ""},
		"open already":   {"connect-src *; img-src *; script-src *", "connect-src *; img-src *; script-src *; script-src-elem * 'self'", ""},
	} {
		got, nonce := w.sim.AmendPolicy(c.policy)
		want := strings.ReplaceAll(c.want, "BASE", w.base)
		if name == "open already" {
			want = c.policy
		}
		if got != want || nonce != c.nonce {
			t.Errorf("%s: %s, nonce %q; want %s, %q", name, got, nonce, want, c.nonce)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	for _, s := range []string{"default-src 'none'", "script-src 'nonce-a' 'strict-dynamic'; ;", "frame-ancestors", ";;", "a\x00b", "script-src https://static.line-scdn.net *.line.me"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		policy, nonce := simulator.ParsedPolicy(text)
		again, nonce2 := simulator.ParsedPolicy(policy)
		if again != policy || nonce != nonce2 {
			t.Fatalf("%q becomes %q, then %q", text, policy, again)
		}
	})
}

// TestWebSocket: what a dev server's hot reload speaks passes through.
func TestWebSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			http.NotFound(rw, r)
			return
		}
		conn, buf, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, _ := buf.ReadString('\n')
		_, _ = io.WriteString(conn, "echo "+line)
	}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "GET /hmr HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: %v, %v", res, err)
	}
	_, _ = io.WriteString(conn, "hot\n")
	if line, err := in.ReadString('\n'); err != nil || line != "echo hot\n" {
		t.Errorf("over the WebSocket came %q, %v", line, err)
	}
}

// TestAway: a dev server that does not answer is named, by a page that the phone can reload
// and that finds out when the server is up; to a script in a line.
func TestAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	away := ""
	for _, s := range w.sim.Served() {
		if s.Upstream == "http://localhost:1" {
			away = s.Origin
		}
	}
	if away == "" {
		t.Fatal("the demo app has no port")
	}
	page := w.send("GET", away+"/", "", "Accept", "text/html,*/*")
	if page.status != http.StatusBadGateway || !strings.Contains(page.body, "http://localhost:1<") || !strings.Contains(page.body, `<script src="/_tegata/inapp.js"></script>`) {
		t.Errorf("an app whose server is away: %d %s", page.status, page.body)
	}
	for _, name := range regexp.MustCompile(`(?:src|href|data-ask)="(/[^"]+)"`).FindAllStringSubmatch(page.body, -1) {
		want := http.StatusOK
		if strings.HasSuffix(name[1], "/up") {
			want = http.StatusBadGateway
		}
		if a := w.send("GET", away+name[1], ""); a.status != want {
			t.Errorf("%s of the page: status %d, want %d", name[1], a.status, want)
		}
	}
	if a := w.send("GET", away+"/api", ""); a.status != http.StatusBadGateway || strings.Contains(a.body, "<") || !strings.Contains(a.body, "start it at http://localhost:1") {
		t.Errorf("to a script: %d %s", a.status, a.body)
	}
	if a := w.send("GET", w.origin+"/_tegata/up", ""); a.status != http.StatusNoContent {
		t.Errorf("is a server up that is: status %d, want 204", a.status)
	}
}
