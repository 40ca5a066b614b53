package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
)

const nodesBase = "https://id.example.com"

// serveNode is a `tegata serve` of its own process, behind a proxy that is this test.
type serveNode struct {
	t         *testing.T
	started   started
	process   *os.Process
	transport *http.Transport
	client    *http.Client // follows nothing
	address   string       // of the client, as the proxy tells it
}

// RoundTrip is the proxy: TLS ends here.
func (n *serveNode) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host, r.URL.Scheme, r.URL.Host = r.URL.Host, "http", n.started.Listen
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-For", n.address)
	return n.transport.RoundTrip(r)
}

// visitor is the node as another browser at another address sees it.
func (n *serveNode) visitor(number int) *serveNode {
	n.t.Helper()
	v := *n
	jar, err := cookiejar.New(nil)
	if err != nil {
		n.t.Fatal(err)
	}
	v.address = fmt.Sprintf("10.%d.%d.%d", number>>16&255, number>>8&255, number&255)
	v.client = &http.Client{Transport: &v, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &v
}

// buildTegata builds the real binary.
func buildTegata(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tegata")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// startServe starts a service of its own process. start, if there is one, changes how.
func startServe(t *testing.T, binary, database string, start func(*exec.Cmd)) *serveNode {
	t.Helper()
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--json", "--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0",
		"--base-url", nodesBase, "--proxy-trusted", "127.0.0.1", "--store", database, "--log-level", "error")
	cmd.Env = append(os.Environ(), "TEGATA_MASTER_KEY=tegata-master-key-1 "+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)), "CONFIGURATION_DIRECTORY="+folder, "STATE_DIRECTORY="+folder)
	var said bytes.Buffer // of its log, which is full of the faults that the test makes
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if start != nil {
		start(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill() // it may have been killed by the test
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("a node said:\n%s", &said)
		}
	})
	n := &serveNode{t: t, process: cmd.Process, transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	t.Cleanup(n.transport.CloseIdleConnections)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &n.started)
	}
	if err != nil {
		t.Fatalf("tegata serve did not become ready: %v", err)
	}
	return n.visitor(0)
}

// ask gets, or posts a form, and returns status, Location and body; status 0 if nobody
// answers.
func (n *serveNode) ask(target string, form url.Values) (status int, location, body string) {
	n.t.Helper()
	var err error
	var res *http.Response
	if form == nil {
		res, err = n.client.Get(target)
	} else {
		res, err = n.client.PostForm(target, form)
	}
	if err != nil {
		return 0, "", err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", err.Error()
	}
	return res.StatusCode, res.Header.Get("Location"), string(data)
}

func (n *serveNode) verifies(token string) int {
	status, _, _ := n.ask(nodesBase+"/oauth2/v2.1/verify?access_token="+url.QueryEscape(token), nil)
	return status
}

// admin runs a command against the node's management side and reads its JSON.
func (n *serveNode) admin(token string, to any, args ...string) {
	n.t.Helper()
	var out, errs strings.Builder
	args = append(args, "--json", "--url", n.started.Management, "--token", token)
	if code := run(n.t.Context(), args, &out, &errs); code != 0 {
		n.t.Fatalf("tegata %s: exit %d\n%s", strings.Join(args[:3], " "), code, errs.String())
	}
	if err := json.Unmarshal([]byte(out.String()), to); err != nil {
		n.t.Fatalf("tegata %s: %v\n%s", strings.Join(args[:3], " "), err, out.String())
	}
}

const (
	nodesCallback = "https://shop.example.com/callback"
	nodesPassword = "a long password for hanako"
)

// setUp makes an admin token, a provider, a channel and a person who has set a password, as
// an operator does.
func (n *serveNode) setUp() (control.Channel, control.AdminToken) {
	n.t.Helper()
	var admin control.AdminToken
	n.admin(n.started.FirstToken, &admin, "admin", "token", "create", "--name", "test")
	var provider control.Provider
	n.admin(admin.Token, &provider, "provider", "create", "--name", "Tea House")
	var channel control.Channel
	n.admin(admin.Token, &channel, "channel", "create", "--provider", provider.ProviderID, "--name", "Shop", "--callback", nodesCallback, "--status", "published")
	var link control.PasswordLink
	n.admin(admin.Token, &link, "user", "invite", "hanako@example.com", "--name", "Hanako")
	status, location, page := n.ask(link.URL, nil)
	for status == http.StatusSeeOther {
		status, location, page = n.ask(absolute(n.t, link.URL, location), nil)
	}
	form := readForm(n.t, page)
	form.fields.Set("password", nodesPassword)
	form.fields.Set("repeat", nodesPassword)
	if status, _, page = n.ask(absolute(n.t, link.URL, form.action), form.fields); status >= 400 {
		n.t.Fatalf("set a password: status %d\n%s", status, page)
	}
	return channel, admin
}

func absolute(t *testing.T, base, ref string) string {
	t.Helper()
	b, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u, err := b.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

type pageForm struct {
	action string
	fields url.Values
}

var (
	formTag  = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	inputTag = regexp.MustCompile(`<input[^>]*>`)
	nameAttr = regexp.MustCompile(` name="([^"]+)"`)
	valAttr  = regexp.MustCompile(` value="([^"]*)"`)
)

// readForm reads the last form of a page, which is the one for people without a session.
func readForm(t *testing.T, page string) pageForm {
	t.Helper()
	forms := formTag.FindAllStringSubmatch(page, -1)
	if forms == nil {
		t.Fatalf("no form in\n%s", page)
	}
	f := pageForm{action: html.UnescapeString(forms[len(forms)-1][1]), fields: url.Values{}}
	for _, tag := range inputTag.FindAllString(page, -1) {
		name := nameAttr.FindStringSubmatch(tag)
		if name == nil {
			continue
		}
		value := ""
		if v := valAttr.FindStringSubmatch(tag); v != nil {
			value = html.UnescapeString(v[1])
		}
		f.fields.Set(name[1], value)
	}
	return f
}

// authorization is the request with which the logins of these tests begin.
func authorization(channel control.Channel) string {
	return nodesBase + "/oauth2/v2.1/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {channel.ChannelID}, "redirect_uri": {nodesCallback}, "state": {"st"}, "scope": {"openid profile"},
	}.Encode()
}

// login logs hanako in by her password and returns the code.
func (n *serveNode) login(channel control.Channel) string {
	n.t.Helper()
	target := authorization(channel)
	var form url.Values
	for range 10 {
		status, location, page := n.ask(target, form)
		form = nil
		switch {
		case location != "":
			target = absolute(n.t, target, location)
			if strings.HasPrefix(target, nodesCallback) {
				return codeOf(target)
			}
		case status == http.StatusOK:
			f := readForm(n.t, page)
			form = f.fields
			switch {
			case form.Has("password"):
				form.Set("email", "hanako@example.com")
				form.Set("password", nodesPassword)
				form.Set("decision", "login")
			case strings.Contains(page, `value="continue"`): // her session is there
				form.Set("decision", "continue")
			default:
				form.Set("decision", "allow")
			}
			target = absolute(n.t, target, f.action)
		default:
			n.t.Fatalf("login: %s: status %d\n%s", target, status, page)
		}
	}
	n.t.Fatal("the login goes round in circles")
	return ""
}

// codeOf is the code in a redirect to the app; empty if there is none.
func codeOf(redirect string) string {
	back, err := url.Parse(redirect)
	if err != nil {
		return ""
	}
	return back.Query().Get("code")
}

// issuedTokens is the answer of the token endpoint.
type issuedTokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func (n *serveNode) token(channel control.Channel, form url.Values) (got issuedTokens, status int) {
	n.t.Helper()
	form.Set("client_id", channel.ChannelID)
	form.Set("client_secret", channel.ChannelSecret)
	status, _, body := n.ask(nodesBase+"/oauth2/v2.1/token", form)
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			n.t.Fatal(err)
		}
	}
	return got, status
}

func codeForm(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {nodesCallback}}
}

func refreshForm(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
}
