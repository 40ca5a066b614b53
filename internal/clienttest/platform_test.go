package clienttest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// platform is a running `tegata dev`, and what `tegata env --format json` says of it.
type platform struct {
	BaseURL       string `json:"baseUrl"`
	TLSURL        string `json:"tlsUrl"`
	TLSSPKI       string `json:"tlsSpki"`
	TLSCAPEM      string `json:"tlsCaPem"`
	Issuer        string `json:"issuer"`
	ChannelID     string `json:"channelId"`
	ChannelSecret string `json:"channelSecret"`
	LIFFID        string `json:"liffId"`
	Channels      []struct {
		ChannelID     string `json:"channelId"`
		ChannelSecret string `json:"channelSecret"`
	} `json:"channels"`
	LIFFApps []struct {
		LIFFID      string `json:"liffId"`
		EndpointURL string `json:"endpointUrl"`
		URL         string `json:"url"`

		ServedOrigins []string `json:"servedOrigins"`
	} `json:"liffApps"`
	Users []user `json:"users"`

	said []string // lines of standard output up to the ready line
}

// user is a persona.
type user struct {
	Handle   string `json:"handle"`
	Email    string `json:"email"`
	Password string `json:"password"`
	UserID   string `json:"userId"`
}

// patience bounds every wait for something that should happen at once.
const patience = 20 * time.Second

// startPlatform runs `tegata dev` with more arguments until the test ends, and then
// wants it to end cleanly by an interrupt.
func startPlatform(t *testing.T, args ...string) *platform {
	t.Helper()
	return startPlatformIn(t, os.Environ(), args...)
}

// startPlatformIn does so in an environment.
func startPlatformIn(t *testing.T, env []string, args ...string) *platform {
	t.Helper()
	env = append(slices.Clone(env), "XDG_RUNTIME_DIR="+t.TempDir())
	cmd := exec.Command(built.tegata, append([]string{"dev", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = env
	log := &lockedBuffer{}
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &platform{}
	ready := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if u, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
				ready <- u
				continue
			}
			p.said = append(p.said, lines.Text())
		}
	}()
	t.Cleanup(func() { stopPlatform(t, cmd, drained, log) })
	var base string
	select {
	case base = <-ready:
	case <-drained:
		t.Fatalf("tegata dev %q ended before it was ready:\n%s", args, log)
	case <-time.After(patience):
		t.Fatalf("tegata dev %q printed no ready line in %v:\n%s", args, patience, log)
	}
	query := exec.Command(built.tegata, "env", "--url", base, "--format", "json")
	query.Env, query.Stderr = env, log
	out, err := query.Output()
	if err != nil {
		t.Fatalf("tegata env: %v\n%s", err, log)
	}
	if err := json.Unmarshal(out, p); err != nil {
		t.Fatalf("tegata env: %v in %s", err, out)
	}
	return p
}

// stopPlatform interrupts a platform as Ctrl-C does and wants exit code 0. The log is
// shown if the test failed.
func stopPlatform(t *testing.T, cmd *exec.Cmd, drained <-chan struct{}, log *lockedBuffer) {
	_ = cmd.Process.Signal(syscall.SIGINT)
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	<-drained
	if err := cmd.Wait(); err != nil {
		t.Errorf("tegata dev after an interrupt: %v, want exit code 0\n%s", err, log)
	}
	if t.Failed() {
		t.Logf("log of tegata dev:\n%s", log)
	}
}

// user finds a persona.
func (p *platform) user(t *testing.T, handle string) user {
	t.Helper()
	for _, u := range p.Users {
		if u.Handle == handle {
			return u
		}
	}
	t.Fatalf("tegata env has no user %q", handle)
	return user{}
}

// secret finds the secret of a channel.
func (p *platform) secret(t *testing.T, channelID string) string {
	t.Helper()
	for _, c := range p.Channels {
		if c.ChannelID == channelID {
			return c.ChannelSecret
		}
	}
	t.Fatalf("tegata env has no channel %s", channelID)
	return ""
}

// liffID finds the LIFF ID of an endpoint URL.
func (p *platform) liffID(t *testing.T, endpoint string) string {
	t.Helper()
	for _, a := range p.LIFFApps {
		if a.EndpointURL == endpoint {
			return a.LIFFID
		}
	}
	t.Fatalf("tegata env has no LIFF app at %s", endpoint)
	return ""
}

// post sends a form to the platform and reads a JSON answer into out, unless that is nil.
func (p *platform) post(t *testing.T, path string, form url.Values, out any) int {
	t.Helper()
	res, err := http.PostForm(p.BaseURL+path, form)
	return readJSON(t, res, err, out)
}

// get asks the platform and reads a JSON answer into out, unless that is nil.
func (p *platform) get(t *testing.T, path string, query url.Values, out any) int {
	t.Helper()
	res, err := http.Get(p.BaseURL + path + "?" + query.Encode())
	return readJSON(t, res, err, out)
}

func readJSON(t *testing.T, res *http.Response, err error, out any) int {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			t.Fatalf("%s: %v in %q", res.Request.URL.Path, err, body)
		}
	}
	return res.StatusCode
}

// lockedBuffer collects a process's output while others read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
