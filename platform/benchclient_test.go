package platform_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
)

// benchClient is the first argument of a test binary that is the client of a
// benchmark: in a process of its own, so that the CPU time of the server's process is
// the server's alone.
const benchClient = "bench-client"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == benchClient {
		if err := runBenchClient(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == benchNode {
		if err := runBenchNode(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if err := stopDatabase(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// load is what a client sends: the requests in turn, over some connections at once.
type load struct {
	Addr     string
	Requests [][]byte
	Conns    int // zero means one
}

// runBenchClient reads a load, then numbers: for each it sends as many requests and
// says so. An answer other than 200 ends it.
func runBenchClient(in io.Reader, out io.Writer) error {
	dec := json.NewDecoder(in)
	var l load
	if err := dec.Decode(&l); err != nil {
		return err
	}
	conns := make([]*benchConn, max(1, l.Conns))
	for i := range conns {
		conn, err := net.Dial("tcp", l.Addr)
		if err != nil {
			return err
		}
		conns[i] = &benchConn{conn, bufio.NewReader(conn)}
	}
	var next atomic.Int64
	for {
		var n int
		if err := dec.Decode(&n); err != nil {
			return nil // the benchmark is over
		}
		errs := make([]error, len(conns))
		var all sync.WaitGroup
		for i, c := range conns {
			share := (n + i) / len(conns) // together n
			all.Go(func() {
				for range share {
					request := l.Requests[int(next.Add(1))%len(l.Requests)]
					if errs[i] = c.send(request); errs[i] != nil {
						return
					}
				}
			})
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, n); err != nil {
			return err
		}
	}
}

// benchConn is one connection of a client.
type benchConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *benchConn) send(request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d, %w", resp.StatusCode, err)
	}
	return nil
}

// apart starts a client in a process of its own and returns what makes it send n
// requests.
func apart(b *testing.B, l load) func(n int) {
	b.Helper()
	cmd := exec.Command(os.Args[0], benchClient) // ends with its input
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	enc, done := json.NewEncoder(in), bufio.NewReader(out)
	if err := enc.Encode(l); err != nil {
		b.Fatal(err)
	}
	return func(n int) {
		if err := enc.Encode(n); err != nil {
			b.Fatal(err)
		}
		if _, err := done.ReadString('\n'); err != nil {
			b.Fatalf("the client has ended: %v", err)
		}
	}
}
