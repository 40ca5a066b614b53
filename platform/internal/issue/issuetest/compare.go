package issuetest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

// Compare measures a handler against a bare one, the floor: both get the same requests,
// in turn, in one run, through real connections, and what counts is the CPU time of the
// process per request, client included on both sides. The ratio is reported as x-floor.
// A request is its bytes on the wire; next returns the one with a number.
func Compare(b *testing.B, ours, floor http.Handler, next func(i int) []byte) {
	b.Helper()
	const batch = 128
	sides := [2]*connection{dial(b, ours), dial(b, floor)}
	var spent [2]int64
	n := 0
	requests := make([][]byte, batch)
	for b.Loop() {
		for i := range requests {
			requests[i] = next(n + i)
		}
		for side, c := range sides {
			start := cpu(b)
			for _, r := range requests {
				c.send(b, r)
			}
			spent[side] += cpu(b) - start
		}
		n += batch
	}
	b.ReportMetric(float64(spent[0])/float64(n), "cpu-ns/ours")
	b.ReportMetric(float64(spent[1])/float64(n), "cpu-ns/floor")
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "x-floor")
}

// connection sends prepared requests to a handler.
type connection struct {
	conn net.Conn
	r    *bufio.Reader
}

func dial(b *testing.B, h http.Handler) *connection {
	b.Helper()
	srv := httptest.NewServer(h)
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = conn.Close()
		srv.Close()
	})
	return &connection{conn: conn, r: bufio.NewReader(conn)}
}

func (c *connection) send(b *testing.B, request []byte) {
	if _, err := c.conn.Write(request); err != nil {
		b.Fatal(err)
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%d %s: %v", resp.StatusCode, body, err)
	}
}

// cpu returns the CPU time of the process in nanoseconds.
func cpu(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
