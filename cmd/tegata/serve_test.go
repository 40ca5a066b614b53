package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"html"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// base is the origin of the services of these tests. Their clients find it by its
// listener, whatever its name resolves to.
const base = "https://id.example.com"

// certificate makes a certificate for hosts in two files and returns its pool.
func certificate(t *testing.T, dir string, hosts ...string) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: hosts,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return certFile, keyFile, pool
}

// ranService is a `tegata serve` in this process.
type ranService struct {
	started
	stop func() int
	log  *bytes.Buffer // to be read after stop
}

// serveForTest starts a service and waits until it is ready.
func serveForTest(t *testing.T, args ...string) ranService {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, w := io.Pipe()
	code := make(chan int, 1)
	r := ranService{log: new(bytes.Buffer)}
	args = append([]string{"serve", "--json", "--base-url", base, "--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0", "--log-format", "text"}, args...)
	go func() {
		code <- run(ctx, args, w, r.log)
		_ = w.Close()
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &r.started)
	}
	if err != nil {
		cancel()
		<-code
		t.Fatalf("tegata serve did not become ready: %v\n%s", err, r.log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	ended := false
	r.stop = func() int {
		cancel()
		if ended {
			return 0
		}
		ended = true
		return <-code
	}
	t.Cleanup(func() { r.stop() })
	return r
}

// operator runs commands against a service.
type operator struct {
	t          *testing.T
	url, token string
}

// run runs a command, which must succeed, and returns what it prints.
func (o operator) run(args ...string) string {
	o.t.Helper()
	var out, talk strings.Builder
	if code := run(o.t.Context(), append(args, "--url", o.url, "--token", o.token), &out, &talk); code != 0 {
		o.t.Fatalf("tegata %s: exit %d\n%s", strings.Join(args, " "), code, talk.String())
	}
	return strings.TrimSpace(out.String())
}

// json runs a command with --json.
func (o operator) json(into any, args ...string) {
	o.t.Helper()
	if err := json.Unmarshal([]byte(o.run(append(args, "--json")...)), into); err != nil {
		o.t.Fatal(err)
	}
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	t *testing.T
	*http.Client
}

func newTestBrowser(t *testing.T, listen string, pool *x509.CertPool) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, listen)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return browser{t, &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// open gets a page, or posts a form if there is one, and returns where it is and what it
// says. Redirects on this host are followed; one away from it is returned.
func (b browser) open(to string, form url.Values) (at string, page string) {
	b.t.Helper()
	for range 10 {
		method, body := http.MethodGet, io.Reader(nil)
		if form != nil {
			method, body = http.MethodPost, strings.NewReader(form.Encode())
		}
		r, err := http.NewRequestWithContext(b.t.Context(), method, to, body)
		if err != nil {
			b.t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", base)
		}
		resp, err := b.Do(r)
		if err != nil {
			b.t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			b.t.Fatal(err)
		}
		if resp.StatusCode/100 != 3 {
			if resp.StatusCode != 200 {
				b.t.Fatalf("%s %s: status %d\n%s", method, to, resp.StatusCode, text)
			}
			return to, string(text)
		}
		next, err := r.URL.Parse(resp.Header.Get("Location"))
		if err != nil {
			b.t.Fatal(err)
		}
		if to, form = next.String(), nil; !strings.HasPrefix(to, base+"/") {
			return to, ""
		}
	}
	b.t.Fatal("redirects without end")
	return "", ""
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	loginState = regexp.MustCompile(`name="loginState" value="([^"]*)"`)
)

// submit posts the first form of a page with fields.
func (b browser) submit(page string, fields url.Values) (at, next string) {
	b.t.Helper()
	action := formAction.FindStringSubmatch(page)
	if action == nil {
		b.t.Fatalf("no form on the page:\n%s", page)
	}
	if state := loginState.FindStringSubmatch(page); state != nil {
		fields.Set("loginState", html.UnescapeString(state[1]))
	}
	return b.open(base+html.UnescapeString(action[1]), fields)
}

// firstLogin does what docs/operate.md tells a new operator: from the first token to the
// first login of an invited user.
func firstLogin(t *testing.T, at started, pool *x509.CertPool) {
	t.Helper()
	if at.FirstToken == "" {
		t.Fatal("the first start prints no token")
	}
	token := operator{t, at.Management, at.FirstToken}.run("admin", "token", "create", "--name", "laptop")
	admin := operator{t, at.Management, token}
	var provider struct{ ProviderID string }
	admin.json(&provider, "provider", "create", "--name", "Example Inc.")
	var channel struct{ ChannelID, ChannelSecret string }
	const callback = "https://shop.example.com/callback"
	admin.json(&channel, "channel", "create", "--provider", provider.ProviderID, "--name", "Shop", "--callback", callback, "--scope", "email", "--status", "published")
	link := admin.run("user", "invite", "hanako@example.com", "--name", "Hanako")
	if !strings.HasPrefix(link, base+"/") {
		t.Fatalf("link %q does not begin with the base URL", link)
	}

	b := newTestBrowser(t, at.Listen, pool)
	const password = "a quiet heron at dawn"
	_, page := b.open(link, nil)
	if _, page = b.submit(page, url.Values{"password": {password}, "repeat": {password}}); !strings.Contains(page, "Your password is set") {
		t.Fatalf("after the password: %s", page)
	}
	_, page = b.open(base+"/oauth2/v2.1/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {channel.ChannelID}, "redirect_uri": {callback}, "state": {"s"}, "scope": {"openid profile email"}, "nonce": {"n"},
	}.Encode(), nil)
	_, page = b.submit(page, url.Values{"email": {"hanako@example.com"}, "password": {password}, "decision": {"login"}})
	back, _ := b.submit(page, url.Values{"decision": {"allow"}, "email": {"1"}})
	at2, err := url.Parse(back)
	if err != nil || !strings.HasPrefix(back, callback+"?") || at2.Query().Get("state") != "s" {
		t.Fatalf("the login ends at %q, %v", back, err)
	}
	_, answer := b.open(base+"/oauth2/v2.1/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {at2.Query().Get("code")}, "redirect_uri": {callback},
		"client_id": {channel.ChannelID}, "client_secret": {channel.ChannelSecret},
	})
	var tokens struct {
		IDToken     string `json:"id_token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &tokens); err != nil {
		t.Fatal(err)
	}
	_, answer = b.open(base+"/oauth2/v2.1/verify", url.Values{"id_token": {tokens.IDToken}, "client_id": {channel.ChannelID}, "nonce": {"n"}})
	var claims struct{ Iss, Sub, Aud, Name string }
	if err := json.Unmarshal([]byte(answer), &claims); err != nil || claims.Iss != base || claims.Aud != channel.ChannelID || claims.Name != "Hanako" {
		t.Errorf("claims %+v, %v", claims, err)
	}
	var user struct{ UserIDs map[string]string }
	admin.json(&user, "user", "show", "hanako@example.com")
	if claims.Sub == "" || user.UserIDs[provider.ProviderID] != claims.Sub {
		t.Errorf("sub %q, and the operator sees %v", claims.Sub, user.UserIDs)
	}
	admin.run("channel", "delete", channel.ChannelID, "--yes")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/oauth2/v2.1/verify?access_token="+tokens.AccessToken, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode == 200 {
		t.Error("a token of a removed channel is good")
	}
}

// TestServeSQLite: from nothing to the first login of an invited user, and what a second
// start finds.
func TestServeSQLite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, folder := range []string{"etc", "data"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cert, key, pool := certificate(t, dir, "id.example.com")
	settings := filepath.Join(dir, "etc", "tegata.yaml")
	if err := os.WriteFile(settings, []byte("store: "+filepath.Join(dir, "data", "tegata.db")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--config", settings, "--tls-cert", cert, "--tls-key", key}
	first := serveForTest(t, args...)
	if want := filepath.Join(dir, "etc", "master.key"); first.KeyMade != want {
		t.Errorf("the master key is made at %q, want %q", first.KeyMade, want)
	}
	if info, err := os.Stat(first.KeyMade); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("master key: %v, %v; want mode 0600", info, err)
	}
	firstLogin(t, first.started, pool)
	if code := first.stop(); code != 0 {
		t.Errorf("ended by SIGTERM: exit %d, want 0", code)
	}
	if log := first.log.String(); strings.Contains(log, "tgadm_") || strings.Contains(log, "quiet heron") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the log holds a secret, or an error:\n%s", log)
	}
	second := serveForTest(t, args...)
	if second.KeyMade != "" || second.FirstToken != "" || second.MasterKey != first.MasterKey {
		t.Errorf("the second start makes anew: %+v", second.started)
	}
	second.stop()
	third := serveForTest(t, append(args, "--first-token")...)
	if third.FirstToken == "" {
		t.Error("--first-token prints none")
	}
	operator{t, third.Management, third.FirstToken}.run("admin", "token", "create", "--name", "again")
	third.stop()
	if err := os.Remove(first.KeyMade); err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), append([]string{"serve", "--base-url", base}, args...), io.Discard, io.Discard); code != exitRefused {
		t.Errorf("a start without the key of the store: exit %d, want %d", code, exitRefused)
	}
}

// TestServePostgres: the same on PostgreSQL, with two nodes and one master key.
func TestServePostgres(t *testing.T) {
	t.Parallel()
	server, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	dir, database := t.TempDir(), server.Database(t)
	master := filepath.Join(dir, "master.key")
	if code := run(t.Context(), []string{"keys", "new-master", "--to", master}, io.Discard, io.Discard); code != 0 {
		t.Fatalf("tegata keys new-master: exit %d", code)
	}
	cert, key, pool := certificate(t, dir, "id.example.com")
	args := []string{"--store", database, "--master-key-file", master, "--tls-cert", cert, "--tls-key", key}
	a := serveForTest(t, args...)
	b := serveForTest(t, args...)
	if b.FirstToken != "" {
		t.Error("the second node prints a first token as well")
	}
	firstLogin(t, a.started, pool)
	for _, n := range []ranService{a, b} {
		if code := n.stop(); code != 0 {
			t.Errorf("exit %d, want 0\n%s", code, n.log)
		}
	}
}

// TestDevTakesTheSameCommands: what operators do works against tegata dev too.
func TestDevTakesTheSameCommands(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t)
	var out strings.Builder
	for _, args := range [][]string{{"provider", "list"}, {"channel", "list"}, {"liff", "list"}, {"user", "list"}, {"keys", "list"}, {"admin", "token", "list"}, {"user", "reset-password", "hanako"}} {
		out.Reset()
		if code := run(t.Context(), append(args, "--url", r.env.BaseURL), &out, io.Discard); code != 0 || out.Len() == 0 {
			t.Errorf("tegata %s: exit %d, %q", strings.Join(args, " "), code, out.String())
		}
	}
	if !strings.HasPrefix(out.String(), r.env.BaseURL+"/") {
		t.Errorf("link %q", out.String())
	}
}
