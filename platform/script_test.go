package platform_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform"
)

// TestWire runs the scripts of testdata/wire, which show what goes over the wire. A
// script is lines of:
//
//	# comment
//	login PERSONA NAME=VALUE …   logs in at the authorization endpoint; sets $code, $state …
//	liff PERSONA NAME=VALUE …    the same at the LIFF authorization endpoint
//	clock DURATION               moves the platform's clock
//	header NAME: VALUE           for the next request
//	body TEXT                    JSON body of the next request
//	> METHOD PATH [FORM]         sends a request as a server does
//	< STATUS [BODY]              what must come back; … in BODY stands for anything
//	set NAME JSON-MEMBER         keeps a member of the last answer as $NAME
//	fragment NAME PARAM URL      keeps a parameter of a URL's fragment as $NAME
//
// $NAME is replaced everywhere, in forms and queries percent-encoded. $admin is an admin
// token.
func TestWire(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/wire/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("scripts: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			hash := sha256.Sum256([]byte(scriptAdmin))
			s := &script{vars: map[string]string{"admin": scriptAdmin}, world: newWorld(t, func(c *platform.Config) {
				c.AdminTokens = [][32]byte{hash}
			})}
			lines := bufio.NewScanner(f)
			for n := 1; lines.Scan(); n++ {
				if err := s.line(lines.Text()); err != nil {
					t.Fatalf("%s:%d: %s\n%v", file, n, lines.Text(), err)
				}
			}
		})
	}
}

// scriptAdmin is the admin token of the scripts.
const scriptAdmin = "script-admin-token"

type script struct {
	*world
	vars   map[string]string
	header http.Header
	body   string
	last   answer
}

var variable = regexp.MustCompile(`\$[a-zA-Z_][a-zA-Z0-9_]*`)

// expand replaces variables, by way of encode.
func (s *script) expand(text string, encode func(string) string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		v, ok := s.vars[name[1:]]
		if !ok {
			s.t.Fatalf("%s is not set", name)
		}
		return encode(v)
	})
}

func plain(s string) string { return s }

func (s *script) line(line string) error {
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch verb {
	case "", "#":
	case "login":
		return s.doLogin(rest, "/oauth2/v2.1/authorize", url.Values{
			"response_type": {"code"}, "client_id": {"2000000001"}, "redirect_uri": {"http://localhost:3000/callback"},
			"state": {"st"}, "scope": {"openid profile"},
		})
	case "liff":
		return s.doLogin(rest, "/liff/v1/authorize", url.Values{
			"app_id": {"2000000001-demo0001"}, "response_type": {"code"}, "state": {"st"}, "code_challenge_method": {"S256"},
			// RFC 7636 Appendix B
			"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
		})
	case "clock":
		d, err := time.ParseDuration(rest)
		s.advance(d)
		return err
	case "header":
		name, value, _ := strings.Cut(rest, ": ")
		if s.header == nil {
			s.header = http.Header{}
		}
		s.header.Add(name, s.expand(value, plain))
	case "body":
		s.body = s.expand(rest, plain)
	case ">":
		return s.request(rest)
	case "<":
		return s.expect(rest)
	case "fragment":
		words := strings.Fields(s.expand(rest, plain))
		_, fragment, _ := strings.Cut(words[2], "#")
		values, err := url.ParseQuery(fragment)
		s.vars[words[0]] = values.Get(words[1])
		return err
	case "set":
		name, member, _ := strings.Cut(rest, " ")
		var all map[string]any
		if err := json.Unmarshal([]byte(s.last.body), &all); err != nil {
			return err
		}
		s.vars[name] = fmt.Sprint(all[member])
	default:
		return fmt.Errorf("no such verb: %s", verb)
	}
	return nil
}

func (s *script) doLogin(rest, path string, query url.Values) error {
	words := strings.Fields(rest)
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		value, err := url.QueryUnescape(s.expand(value, plain))
		if err != nil {
			return err
		}
		query.Set(name, value)
		if value == "" {
			query.Del(name)
		}
	}
	s.newBrowser()
	back := s.login(words[0], path, query)
	for name, values := range back.Query() {
		s.vars[name] = values[0]
	}
	return nil
}

func (s *script) request(rest string) error {
	words := strings.SplitN(rest, " ", 3)
	target := s.url + s.expand(words[1], url.QueryEscape)
	body := s.body
	if len(words) > 2 {
		body = s.expand(words[2], url.QueryEscape)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), words[0], target, strings.NewReader(body))
	if err != nil {
		return err
	}
	if len(words) > 2 {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range s.header {
		r.Header[name] = values
	}
	s.header, s.body = nil, ""
	s.last = s.send(s.server, r)
	return s.explained()
}

// explained checks that `tegata why` can tell about every refusal.
func (s *script) explained() error {
	id := s.last.header.Get("x-line-request-id")
	if id == "" {
		return fmt.Errorf("no x-line-request-id in the answer")
	}
	if s.last.status < 400 {
		return nil
	}
	events, err := s.store.EventsOf(s.t.Context(), id)
	if err != nil || len(events) == 0 {
		return fmt.Errorf("no event for the refused request: %v", err)
	}
	e := events[len(events)-1]
	if e.Check == "" || e.Fix == "" {
		return fmt.Errorf("the event does not say check and fix: %+v", e)
	}
	for name, v := range s.vars {
		secret := strings.Contains(name, "code") || strings.Contains(name, "token") || strings.Contains(name, "secret")
		if secret && len(v) > 20 && strings.Contains(fmt.Sprintf("%+v", e), v) {
			return fmt.Errorf("the event holds $%s: %+v", name, e)
		}
	}
	return nil
}

func (s *script) expect(rest string) error {
	status, want, _ := strings.Cut(rest, " ")
	if got := fmt.Sprint(s.last.status); got != status {
		return fmt.Errorf("got status %s\n%s", got, s.last.body)
	}
	if !strings.Contains(rest, " ") {
		return nil
	}
	want = s.expand(want, plain)
	if want == "empty" {
		want = ""
	}
	if !matches(s.last.body, want) {
		return fmt.Errorf("got  %s\nwant %s", s.last.body, want)
	}
	return nil
}

// matches compares with a pattern in which … stands for anything.
func matches(got, pattern string) bool {
	parts := strings.Split(pattern, "…")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`^(?s:` + strings.Join(parts, ".*") + `)\n?$`).MatchString(got)
}
