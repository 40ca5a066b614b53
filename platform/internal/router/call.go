package router

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// Call is one request on its way through a handler.
type Call struct {
	RequestID string
	Base      Base
	route     string
	router    *Router
	w         response
}

type callKey struct{}

// From returns the call of a request's context. It panics outside of a handler of
// this package.
func From(ctx context.Context) *Call { return ctx.Value(callKey{}).(*Call) }

// Note records something that happened in this request, in the event log and, at
// Info, in the log. RequestID, Route and Time are filled in. An event that cannot be
// stored is logged as our fault and does not fail the request.
func (c *Call) Note(ctx context.Context, e store.Event) { c.record(ctx, slog.LevelInfo, e) }

// Refuse records why a request is refused, also one that is refused by a redirect.
func (c *Call) Refuse(ctx context.Context, e *oauth2.Error) {
	c.record(ctx, slog.LevelDebug, store.Event{
		Kind: "refused", Status: e.HTTPStatus(), Code: e.Code, Message: e.Description,
		Check: e.Check, Given: e.Given, Expected: e.Expected, Fix: e.Fix,
	})
}

func (c *Call) record(ctx context.Context, level slog.Level, e store.Event) {
	cfg := &c.router.cfg
	e.RequestID, e.Route, e.Time = c.RequestID, c.route, cfg.Now().UTC()
	if cfg.Observer != nil {
		cfg.Observer.Noted(e)
	}
	// The client may be gone already; what happened is recorded all the same.
	if err := cfg.Events.AddEvent(context.WithoutCancel(ctx), e); err != nil {
		cfg.Log.Error("record event", "requestId", c.RequestID, "error", err)
	}
	if !cfg.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.String("requestId", e.RequestID), slog.String("route", e.Route)}
	for _, a := range []struct{ key, value string }{
		{"channel", e.ChannelID},
		{"person", e.PersonID},
		{"code", e.Code},
		{"message", e.Message},
		{"check", e.Check},
		{"given", e.Given},
		{"expected", e.Expected},
		{"fix", e.Fix},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.key, a.value))
		}
	}
	if e.Status != 0 {
		attrs = append(attrs, slog.Int("status", e.Status))
	}
	cfg.Log.LogAttrs(ctx, level, e.Kind, attrs...)
}

// response remembers whether the answer has begun, and with which status.
type response struct {
	http.ResponseWriter
	begun  bool
	status int // zero: none was written
}

// Status returns the status of the answer; 200 if nothing was written, which is what the
// server then sends.
func (w *response) Status() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// WriteHeader begins the answer.
func (w *response) WriteHeader(status int) {
	if !w.begun {
		w.begun, w.status = true, status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer if it has not begun.
func (w *response) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the server's writer.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
