package stage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Patience bounds every wait for something that should happen at once. It is long,
// because machines are busy; no test passes by it.
const Patience = time.Minute

// Process is a running program. Its output may be read from many goroutines.
type Process struct {
	cmd     *exec.Cmd
	lines   chan string // of the standard output
	drained chan struct{}

	mu  sync.Mutex
	log bytes.Buffer // guarded by mu: both outputs
}

// Start starts cmd until the test ends, and then interrupts it as Ctrl-C does: it and
// what it has started. If the test failed, its output is shown.
func Start(t *testing.T, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{cmd: cmd, lines: make(chan string, 4096), drained: make(chan struct{})}
	cmd.Stderr = p
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.drain(stdout)
	t.Cleanup(func() { p.end(t) })
	return p
}

// Write takes what the program says on its standard error.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *Process) drain(stdout io.Reader) {
	defer close(p.drained)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		_, _ = p.Write(append(lines.Bytes(), '\n')) // a buffer takes everything
		select {
		case p.lines <- lines.Text():
		default: // nobody reads so many
		}
	}
}

// Await waits for a line of the standard output that has the part, and returns the line.
func (p *Process) Await(t *testing.T, part string) string {
	t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for {
		select {
		case line := <-p.lines:
			if strings.Contains(line, part) {
				return line
			}
		case <-p.drained:
			if len(p.lines) == 0 {
				t.Fatalf("%s ended before it said %q:\n%s", p.cmd.Path, part, p.said())
			}
		case <-late.C:
			t.Fatalf("%s has not said %q in %v:\n%s", p.cmd.Path, part, Patience, p.said())
		}
	}
}

func (p *Process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

func (p *Process) end(t *testing.T) {
	group := -p.cmd.Process.Pid // negative: the process and its children
	_ = syscall.Kill(group, syscall.SIGINT)
	kill := time.AfterFunc(Patience, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
	defer kill.Stop()
	<-p.drained
	_ = p.cmd.Wait() // interrupted: an error is the rule
	if t.Failed() {
		t.Logf("%s said:\n%s", p.cmd.Path, p.said())
	}
}

// Dev is a running `tegata dev`, and what `tegata env --format json` says of it.
type Dev struct {
	tegata string
	env    []string

	BaseURL      string `json:"baseUrl"`
	SimulatorURL string `json:"simulatorUrl"`
	ChannelID    string `json:"channelId"`
	LIFFApps     []struct {
		LIFFID        string   `json:"liffId"`
		EndpointURL   string   `json:"endpointUrl"`
		Description   string   `json:"description"`
		ServedOrigins []string `json:"servedOrigins"`
	} `json:"liffApps"`
}

// StartDev runs `tegata dev` at free ports, with more arguments, until the test ends.
func (b Built) StartDev(t *testing.T, args ...string) *Dev {
	t.Helper()
	cmd := exec.Command(b.Tegata, append([]string{"dev", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(cmd.Environ(), "XDG_RUNTIME_DIR="+t.TempDir()) // where it leaves its admin token
	d := &Dev{tegata: b.Tegata, env: cmd.Env}
	d.BaseURL = strings.TrimPrefix(Start(t, cmd).Await(t, "ready "), "ready ")
	if err := json.Unmarshal(d.Tegata(t, "env", "--format", "json"), d); err != nil {
		t.Fatalf("tegata env: %v", err)
	}
	return d
}

// Tegata runs a command against the platform and returns its standard output.
func (d *Dev) Tegata(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(d.tegata, append(args, "--url", d.BaseURL)...)
	cmd.Env = d.env
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tegata %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return out
}

// App returns the LIFF ID of an endpoint URL, and the URL at which its port serves it.
func (d *Dev) App(t *testing.T, endpoint string) (liffID, served string) {
	t.Helper()
	for _, a := range d.LIFFApps {
		if rest, ok := strings.CutPrefix(a.EndpointURL, endpoint); ok && strings.Trim(rest, "/") == "" && len(a.ServedOrigins) > 0 {
			return a.LIFFID, a.ServedOrigins[0]
		}
	}
	t.Fatalf("no LIFF app at %s has a port: %+v", endpoint, d.LIFFApps)
	return "", ""
}
