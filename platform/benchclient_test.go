package platform_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
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

// load is what a client sends: the requests in turn, over one connection.
type load struct {
	Addr     string
	Requests [][]byte
}

// runBenchClient reads a load, then numbers: for each it sends as many requests and
// says so. An answer other than 200 ends it.
func runBenchClient(in io.Reader, out io.Writer) error {
	dec := json.NewDecoder(in)
	var l load
	if err := dec.Decode(&l); err != nil {
		return err
	}
	conn, err := net.Dial("tcp", l.Addr)
	if err != nil {
		return err
	}
	r := bufio.NewReader(conn)
	next := 0
	for {
		var n int
		if err := dec.Decode(&n); err != nil {
			return nil // the benchmark is over
		}
		for range n {
			if _, err := conn.Write(l.Requests[next%len(l.Requests)]); err != nil {
				return err
			}
			next++
			resp, err := http.ReadResponse(r, nil)
			if err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
				return fmt.Errorf("status %d, %w", resp.StatusCode, err)
			}
		}
		if _, err := fmt.Fprintln(out, n); err != nil {
			return err
		}
	}
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
