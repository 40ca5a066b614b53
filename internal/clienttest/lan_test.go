package clienttest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"
)

// privateAddress is the address at which a phone would reach this machine. One that has no
// network is reached at a loopback address, by the same way.
func privateAddress(t *testing.T) net.IP {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if block, ok := a.(*net.IPNet); ok && block.IP.IsPrivate() {
			return block.IP
		}
	}
	return net.IPv4(127, 0, 0, 1)
}

// lan is a `tegata dev --lan`, seen from its network.
type lan struct {
	*platform
	ip   net.IP
	home string // of the user whose browsers trust it
	base string // of the platform, for phones
	code string
	app  string   // of the app, for phones
	env  []string // of the user's commands
}

var pairingURL = regexp.MustCompile(`^ *(https://\S+)/_tegata/lan\?code=(\d{8})$`)

// startLAN starts it, with the test app, and a user of this machine whose browsers trust it.
func startLAN(t *testing.T) *lan {
	t.Helper()
	s := startSite(t)
	l := &lan{ip: privateAddress(t), home: t.TempDir()}
	l.env = append(os.Environ(), "HOME="+l.home, "CONFIGURATION_DIRECTORY="+t.TempDir())
	profile := filepath.Join(l.home, ".pki", "nssdb")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"certutil", "-N", "--empty-password", "-d", "sql:" + profile},
		{built.tegata, "trust", "install", "--only", "browsers"},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = l.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	l.platform = startPlatformIn(t, l.env, "--lan", "--lan-address", l.ip.String(), "--lan-port", "0", "--app", s.endpoint("liff-new"))
	s.register("liff-new", l.LIFFID)
	for _, line := range l.said {
		if m := pairingURL.FindStringSubmatch(line); m != nil {
			l.base, l.code = m[1], m[2]
		}
	}
	if l.base == "" {
		t.Fatalf("tegata dev --lan told of no pairing:\n%s", strings.Join(l.said, "\n"))
	}
	for _, a := range l.LIFFApps {
		if a.LIFFID == l.LIFFID && len(a.ServedOrigins) == 2 {
			l.app = a.ServedOrigins[1] + "/liff-new/"
		}
	}
	if l.app == "" {
		t.Fatalf("the app is not served to phones: %+v", l.LIFFApps)
	}
	return l
}

// phone opens a tab that looks like a phone's, in a browser of a user.
func (l *lan) phone(t *testing.T, home string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(built.chromium), chromedp.Env("HOME="+home), chromedp.Flag("lang", "en"), chromedp.WSURLReadTimeout(2*patience))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to sandbox itself as root
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	b := openTab(t, ctx)
	b.also = l.ip
	if err := chromedp.Do(b.ctx, chromedp.Emulate(device.Pixel5)); err != nil {
		t.Fatalf("look like a phone: %v", err)
	}
	return b
}

// fill types into a field and sends its form.
func (b *tab) fill(t *testing.T, selector, text, button string) {
	t.Helper()
	b.await(t, selector, func() bool {
		return b.is(`document.readyState === "complete" && document.querySelector('` + selector + `') !== null`)
	})
	if err := chromedp.Do(b.ctx, chromedp.SetValue(chromedp.CSS(selector), text)); err != nil {
		t.Fatalf("fill %s: %v", selector, err)
	}
	if button != "" {
		b.press(t, button, button)
	}
}

// TestLAN opens an app on a phone of the same network: paired by the terminal's code, logged
// in by a password, over TLS that the phone trusts.
func TestLAN(t *testing.T) {
	t.Parallel()
	l := startLAN(t)
	b := l.phone(t, l.home)
	b.open(t, l.app+"?table=7")
	b.fill(t, "#code", "00000000", "button.main")
	b.await(t, "the refusal of a wrong code", func() bool { return b.is(`document.querySelector("#alert") !== null`) })
	b.fill(t, "#code", l.code, "button.main")
	b.await(t, "liff.init on the phone", func() bool { return b.is(`window.outcome?.ok === true`) })
	if at := b.location(t); at != l.app+"?table=7" {
		t.Errorf("after pairing the phone is at %s", at)
	}
	b.start(t, "liff.login()")
	hanako := l.user(t, "hanako")
	b.await(t, "the login page", func() bool { return b.is(`document.querySelector("#password") !== null`) })
	if b.is(`document.querySelector('[name="persona"]') !== null`) {
		t.Error("a phone of the network is offered personas without a password")
	}
	b.fill(t, "#email", hanako.Email, "")
	b.fill(t, "#password", hanako.Password, "#login")
	b.pressOr(t, "consent", "#allow", "#options")
	b.await(t, "the app, logged in", func() bool { return b.is(`window.outcome?.ok === true && liff.isLoggedIn()`) })
	var got struct {
		Profile  struct{ UserID, DisplayName string }
		OS       string
		InClient bool
		Issuer   string
	}
	b.call(t, `liff.getProfile().then((profile) => ({ profile, os: liff.getOS(), inClient: liff.isInClient(), issuer: liff.getDecodedIDToken().iss }))`, &got)
	if got.Profile.UserID != hanako.UserID || got.OS != "android" || got.InClient || got.Issuer != "https://access.line.me" {
		t.Errorf("on the phone %+v, want hanako's", got)
	}
	if hanako.Password == "demo" || strings.HasPrefix(l.ChannelSecret, "dev0") {
		t.Error("the network is served with secrets that everybody knows")
	}
	b.open(t, l.base+"/_tegata/lan")
	b.await(t, "the list of apps", func() bool { return b.is(`document.querySelector('a[href="` + l.app + `"]') !== null`) })
	b.wantOnly(t, "status of 403")
}

// wantOnly wants no error in the console but those with a text in them.
func (b *tab) wantOnly(t *testing.T, text string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		if !strings.Contains(e, text) {
			t.Errorf("the browser's console: %s", e)
		}
	}
}

// TestLANUntrusted: a phone that has not been told of the authority warns its user, and the
// platform's control APIs and personas are not in the network.
func TestLANUntrusted(t *testing.T) {
	t.Parallel()
	l := startLAN(t)
	b := l.phone(t, t.TempDir())
	err := chromedp.Do(b.ctx, chromedp.Navigate(l.app))
	if err == nil || !strings.Contains(err.Error(), "ERR_CERT_AUTHORITY_INVALID") {
		t.Errorf("without the authority: %v; want a warning", err)
	}
	show := exec.Command(built.tegata, "trust", "show", "--pem")
	show.Env = l.env
	ca, err := show.Output()
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	for path, want := range map[string]int{
		"/_tegata/admin/v1/env": http.StatusNotFound, "/_tegata/lab/v1/clock": http.StatusNotFound, "/_tegata/simulator/": http.StatusNotFound,
		"/oauth2/v2.1/authorize": http.StatusForbidden, "/oauth2/v2.1/certs": http.StatusOK,
	} {
		resp, err := client.Get(l.base + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != want {
			t.Errorf("GET %s from the network: %d, want %d", path, resp.StatusCode, want)
		}
	}
}
