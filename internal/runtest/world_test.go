package runtest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds what should happen at once.
const patience = time.Minute

// otherSite is a site of the internet, as far as the tests go. Its name resolves at the
// user's own proxy only.
const otherSite = "https://example.com/"

// world is a running `tegata dev`, and the user's own proxy with the other site behind it.
type world struct {
	BaseURL       string `json:"baseUrl"`
	TLSURL        string `json:"tlsUrl"`
	ChannelID     string `json:"channelId"`
	ChannelSecret string `json:"channelSecret"`
	token         string // of the control APIs

	userProxy string // URL
	userCA    string // file with the authority of the other site

	mu     sync.Mutex
	tunnel []string // guarded by mu; what the user's own proxy was asked for
}

// startWorld starts one, until the test ends.
func startWorld(t *testing.T) *world {
	t.Helper()
	w := &world{token: rand.Text() + rand.Text()}
	w.startOther(t)
	cmd := exec.Command(built.tegata, "dev", "--json", "--listen", "127.0.0.1:0", "--log-level", "warn")
	var talk bytes.Buffer
	cmd.Env = append(os.Environ(), "TEGATA_ADMIN_TOKEN="+w.token, "XDG_CONFIG_HOME="+t.TempDir())
	cmd.Stderr = &talk
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("tegata dev: %v\n%s", err, &talk)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, w)
	}
	if err != nil {
		t.Fatalf("tegata dev did not become ready: %v", err)
	}
	return w
}

// startOther starts the other site and the user's own proxy.
func (w *world) startOther(t *testing.T) {
	t.Helper()
	site := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusAccepted) }))
	site.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that end before they begin
	site.StartTLS()
	t.Cleanup(site.Close)
	w.userCA = filepath.Join(t.TempDir(), "own.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw})
	if err := os.WriteFile(w.userCA, text, 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.tunnel = append(w.tunnel, r.Method+" "+r.RequestURI)
		w.mu.Unlock()
		far, err := net.Dial("tcp", site.Listener.Addr().String())
		if err != nil || r.RequestURI != "example.com:443" {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		near, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
		_, _ = io.Copy(near, far)
		_ = near.Close()
	}))
	t.Cleanup(proxy.Close)
	w.userProxy = proxy.URL
}

// tunnels is what the user's own proxy was asked for.
func (w *world) tunnels() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.tunnel)
}

// mint makes a token of hanako's, and returns her user ID.
func (w *world) mint(t *testing.T, kind string) (token, userID string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"kind": kind, "user": "hanako"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.BaseURL+"/_tegata/lab/v1/tokens", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Token, UserID string }
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || got.Token == "" {
		t.Fatalf("mint: %s, %v", resp.Status, err)
	}
	return got.Token, got.UserID
}

// command is `tegata run -- ARGS…` of a user with a proxy and an authority of their own.
func (w *world) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, built.tegata, append([]string{"run", "--"}, args...)...)
	home := t.TempDir()
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "TEGATA_URL=" + w.BaseURL, "TEGATA_ADMIN_TOKEN=" + w.token,
		"HTTPS_PROXY=" + w.userProxy, "NO_PROXY=.internal.example",
		"SSL_CERT_FILE=" + w.userCA, "REQUESTS_CA_BUNDLE=" + w.userCA, "NODE_EXTRA_CA_CERTS=" + w.userCA,
	}
	t.Cleanup(func() {
		if left, err := filepath.Glob(filepath.Join(home, "tegata-run-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	return cmd
}

// output runs a command and returns its standard output.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out, &talk)
	}
	return string(out)
}

// newImposter is a TLS server that has no certificate for LINE's names; it returns its
// port.
func newImposter(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that must fail
	s.StartTLS()
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}
