package fault

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// pieces is in how many a slow body comes.
const pieces = 10

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader begins the answer.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer if it has not begun.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the server's writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// buffer keeps an answer, so that it can be spoilt.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// newBuffer returns a buffer with the headers that the answer has already.
func newBuffer(h http.Header) *buffer { return &buffer{header: maps.Clone(h)} }

// Header implements http.ResponseWriter.
func (b *buffer) Header() http.Header { return b.header }

// WriteHeader implements http.ResponseWriter.
func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

// Write implements http.ResponseWriter.
func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}

// spoilsBody says whether the whole answer is needed before it is sent.
func (h hit) spoilsBody() bool {
	return slices.Contains([]string{
		control.EffectTruncate, control.EffectSlowBody, control.EffectJWKRotated, control.EffectJWKBad, control.TroubleStaleIDToken,
	}, h.Effect)
}

// send sends a kept answer, spoilt.
func (s *Set) send(w http.ResponseWriter, a *asked, b *buffer, hits []hit) error {
	body := b.body.Bytes()
	if b.status == 0 {
		b.status = http.StatusOK
	}
	var slow time.Duration
	truncated := false
	for _, h := range hits {
		var err error
		switch h.Effect {
		case control.EffectSlowBody:
			slow += time.Duration(h.Delay)
		case control.EffectTruncate:
			truncated = true
		case control.EffectJWKRotated:
			body = []byte(otherSet)
		case control.EffectJWKBad:
			body, err = withBadKey(body)
		case control.TroubleStaleIDToken:
			body, err = s.staleIDToken(a.r.Context(), body, b.status)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", h, err)
		}
	}
	clear(w.Header())
	maps.Copy(w.Header(), b.header)
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	if truncated {
		body = body[:len(body)/2]
	}
	w.WriteHeader(b.status)
	if err := trickle(w, a.r, body, slow); err != nil {
		return errBroken
	}
	if truncated {
		return hangUp(w, false)
	}
	return nil
}

// trickle writes a body within a time.
func trickle(w http.ResponseWriter, r *http.Request, body []byte, within time.Duration) error {
	out := http.NewResponseController(w)
	for i := range pieces {
		from, to := len(body)*i/pieces, len(body)*(i+1)/pieces
		if within > 0 {
			if err := wait(r.Context(), within/pieces); err != nil {
				return err
			}
		}
		if _, err := w.Write(body[from:to]); err != nil {
			return fmt.Errorf("write a piece: %w", err)
		}
		if within > 0 {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("flush a piece: %w", err)
			}
		}
	}
	return nil
}

// hangUp breaks the connection off, where it is TCP also by a reset, so that the client
// sees what it sees when a server dies. A reset may overtake what was written.
func hangUp(w http.ResponseWriter, reset bool) error {
	out := http.NewResponseController(w)
	_ = out.Flush() // what has been written is to arrive; a writer that cannot is broken off all the same
	conn, _, err := out.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, and what is not a connection: the server resets the stream
	}
	plain := conn
	if secure, ok := conn.(*tls.Conn); ok {
		plain = secure.NetConn()
	}
	if tcp, ok := plain.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // a reset instead of an end; that the connection is gone already is as good
	}
	_ = conn.Close() // it is to be broken
	return errBroken
}
