package platform_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/lease"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
)

// benchNode is the first argument of a test binary that is a node of a benchmark: a
// platform as tegata serve makes it, in a process of its own, so that its CPU time and its
// memory are those of a node alone.
const benchNode = "bench-node"

// nodeConfig is what a node is told: a line of JSON on its standard input.
type nodeConfig struct {
	Engine string // memory, sqlite or postgres
	Where  string // the file, or the URL
	Cache  int    // PostgreSQL: access tokens in memory, under a lease
	Tokens int    // how many to fill the store with; 0: it is filled
	Fill   bool   // ends when the store is filled
}

// nodeReady is its answer. After that, it answers each line with a nodeSpent, until its
// input ends.
type nodeReady struct {
	Addr    string
	Filling filling
}

// nodeSpent is what a node has taken so far.
type nodeSpent struct {
	CPU int64 // nanoseconds
	RSS int64 // bytes, now
}

// open opens the store of a node.
func (c nodeConfig) open(ctx context.Context) (store.Store, error) {
	switch c.Engine {
	case "memory":
		return memory.New(memory.Config{}), nil
	case "sqlite":
		return sqlite.Open(ctx, sqlite.Config{Path: c.Where})
	}
	engine, err := postgres.Open(ctx, postgres.Config{URL: c.Where, MaxConns: 8})
	if err != nil || c.Fill {
		return engine, err
	}
	return lease.New(lease.Config{Store: engine, Entries: c.Cache})
}

// runBenchNode is such a process.
func runBenchNode(in io.Reader, out io.Writer) (err error) {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return errors.New("a bench node is told nothing")
	}
	var c nodeConfig
	if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
		return err
	}
	ctx := context.Background()
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	var ready nodeReady
	if c.Tokens > 0 {
		if ready.Filling, err = fillBig(ctx, st, c.Tokens); err != nil {
			return err
		}
	}
	answers := json.NewEncoder(out)
	if c.Fill {
		return answers.Encode(ready)
	}
	debug.FreeOSMemory() // what filling has left behind
	sealer, err := bigSealer()
	if err != nil {
		return err
	}
	p, err := platform.New(ctx, platform.Config{Store: st, Sealer: sealer, BaseURL: "https://id.example"})
	if err != nil {
		return err
	}
	defer p.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: p.Public()}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	ready.Addr = l.Addr().String()
	for err = answers.Encode(ready); err == nil && lines.Scan(); {
		var spent nodeSpent
		if spent, err = spentSoFar(); err == nil {
			err = answers.Encode(spent)
		}
	}
	return err
}

// spentSoFar reads what this process has taken.
func spentSoFar() (s nodeSpent, err error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return s, err
	}
	s.CPU = u.Utime.Nano() + u.Stime.Nano()
	if runtime.GOOS != "linux" {
		return s, nil
	}
	text, err := os.ReadFile("/proc/self/statm") // in pages: all, resident, …
	if err != nil {
		return s, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	s.RSS = pages * int64(os.Getpagesize())
	return s, err
}

// node is a bench node, seen from outside.
type node struct {
	nodeReady
	in  io.WriteCloser
	out *json.Decoder
}

// startBig starts a node. One that was told to fill a store has ended when it returns.
func startBig(tb testing.TB, c nodeConfig) *node {
	tb.Helper()
	cmd := exec.Command(os.Args[0], benchNode) // ends with its input
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	end := func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Errorf("bench node: %v", err)
		}
	}
	n := &node{in: in, out: json.NewDecoder(out)}
	if err := json.NewEncoder(in).Encode(c); err != nil {
		tb.Fatal(err)
	}
	if err := n.out.Decode(&n.nodeReady); err != nil {
		end()
		tb.Fatalf("bench node: %v", err)
	}
	if c.Fill {
		end()
	} else {
		tb.Cleanup(end)
	}
	return n
}

// spent asks a node what it has taken.
func (n *node) spent(tb testing.TB) (s nodeSpent) {
	if _, err := fmt.Fprintln(n.in); err != nil {
		tb.Fatal(err)
	}
	if err := n.out.Decode(&s); err != nil {
		tb.Fatal(err)
	}
	return s
}
