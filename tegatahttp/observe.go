package tegatahttp

import (
	"context"
	"net/http"
	"time"
)

// Outcome is what the middleware decided about one request, for metrics. It holds no
// token and nothing of the user, and its texts, but for Err, come from a bounded set, so
// that they can be labels.
type Outcome struct {
	Kind    string // of token that is demanded: id_token or access_token
	Pattern string // of the http.ServeMux that led here, such as "POST /api/orders"; empty without one

	// Status and Reason are those of the answer. Both are zero if the request was let
	// through: then the handler answers.
	Status int
	Reason string
	// Err is why the request was refused; nil if it was let through. It says more than the
	// answer does: an error of package tegata, of CheckRequest or of the store of OneTime.
	Err error
	// Duration is how long the decision took, with what the platform was asked for it.
	Duration time.Duration
}

type observer = func(context.Context, Outcome)

// Observe has f called once for each request, after the decision and before the answer
// or the handler, in the request's goroutine and with its context. What f takes, the request
// takes longer; if it panics, nobody is let in. It may be called by many goroutines at once.
func Observe(f func(context.Context, Outcome)) Option {
	return Option{func(s *settings, _ kind) {
		if f == nil {
			panic("tegatahttp: Observe: the function is nil")
		}
		s.observe = append(s.observe, f)
	}}
}

// tell says how it went; no is nil if the request is let through.
func (g *gate) tell(r *http.Request, no *refusal, begun time.Time) {
	if len(g.observe) == 0 {
		return
	}
	o := Outcome{Kind: string(g.kind), Pattern: r.Pattern, Duration: time.Since(begun)}
	if no != nil {
		o.Status, o.Reason, o.Err = no.status, no.reason, no.err
	}
	for _, f := range g.observe {
		f(r.Context(), o)
	}
}
