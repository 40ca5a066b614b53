package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Around stands around the handler of a route: it lets the rules befall its answers and
// remembers what was asked.
func (s *Set) Around(route router.Route, next router.Handler) router.Handler {
	endpoint, ok := endpointOf(route.Pattern)
	if !ok {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		a := s.read(r, endpoint)
		hits := s.take(a, func(f control.Fault) bool {
			return f.Effect != control.EffectSkew && f.Effect != control.TroubleAutoLogin
		})
		begun := s.cfg.Now().UTC()
		// Else the server would write the machine's time.
		w.Header()["Date"] = []string{begun.Format(http.TimeFormat)}
		answer := &statusWriter{ResponseWriter: w}
		marks := &marks{}
		if s.some.Load() {
			a.r = r.WithContext(context.WithValue(r.Context(), marksKey{}, marks))
		}
		broken := true // also if the handler panics
		defer func() {
			status := answer.status
			if broken {
				status = 0
			} else if err != nil {
				status = statusOf(err)
			}
			s.log.add(logged{control.Request{
				Time: begun, RequestID: router.From(r.Context()).RequestID, Endpoint: endpoint, Method: r.Method, Host: r.Host,
				Path: r.URL.Path, Status: status, Faults: append(namesOf(hits), marks.names...),
			}, a.sent})
		}()
		err = s.serve(answer, a, route, next, hits)
		broken = errors.Is(err, errBroken)
		if broken {
			err = nil
		}
		return err
	}
}

// errBroken says that the connection was broken off: there is nothing left to answer.
var errBroken = errors.New("connection broken off")

// serve answers under the rules that befall the answer.
func (s *Set) serve(w http.ResponseWriter, a *asked, route router.Route, next router.Handler, hits []hit) error {
	if len(hits) == 0 {
		return next(w, a.r)
	}
	call := router.From(a.r.Context())
	for _, h := range hits {
		// What a status says is noted where it is answered.
		if h.Effect != control.EffectStatus {
			call.Note(a.r.Context(), store.Event{Kind: "fault", ChannelID: a.channel, PersonID: a.person, Check: h.String(), Fix: h.fix()})
		}
	}
	if err := s.before(w, a, hits); err != nil {
		return err
	}
	if !slices.ContainsFunc(hits, hit.spoilsBody) {
		return next(w, a.r)
	}
	body := newBuffer(w.Header())
	err := next(body, a.r)
	var refused *oauth2.Error
	if errors.As(err, &refused) && !route.Page {
		// The answer is spoilt as well if it is a refusal.
		call.Refuse(a.r.Context(), refused)
		oauth2.Write(body, refused)
		err = nil
	}
	if err != nil {
		return err
	}
	return s.send(w, a, body, hits)
}

// before is what befalls a request before it is answered.
func (s *Set) before(w http.ResponseWriter, a *asked, hits []hit) error {
	for _, h := range hits {
		switch h.Effect {
		case control.EffectLatency:
			if err := wait(a.r.Context(), time.Duration(h.Delay)); err != nil {
				return err
			}
		case control.TroubleOtherBrowser:
			a.r.Header.Del("Cookie")
		case control.TroubleDenied:
			a.rewrite(func(form map[string][]string) { form["decision"] = []string{"deny"} })
		case control.TroubleEmailRefused:
			a.rewrite(func(form map[string][]string) {
				form["scope"] = slices.DeleteFunc(form["scope"], func(scope string) bool { return scope == oauth2.ScopeEmail })
			})
		}
	}
	for _, h := range hits {
		switch h.Effect {
		case control.EffectReset:
			return hangUp(w, true)
		case control.EffectStatus:
			return h.refusal(a.endpoint)
		}
	}
	return nil
}

// rewrite changes the form by which somebody consents; another request stays.
func (a *asked) rewrite(change func(form map[string][]string)) {
	body := a.sent
	body.query = ""
	form := body.values()
	if a.r.Method != http.MethodPost || form.Get("decision") != "allow" {
		return
	}
	change(form)
	a.replaceForm(form)
}

// wait waits, or until the client has gone. It goes by the machine's clock, never by the
// platform's, which may stand still.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait of a fault: %w", ctx.Err())
	}
}

// refusal is the error of the effect status, in LINE's dialect of the endpoint.
func (h hit) refusal(endpoint string) *oauth2.Error {
	e := &oauth2.Error{Status: h.Status, Code: h.Code, Description: h.Message, Check: h.String(), Fix: h.fix()}
	resource := slices.Contains([]string{
		control.EndpointProfile, control.EndpointFriendship, control.EndpointDeauthorize,
		control.EndpointLIFFApps, control.EndpointContext, control.EndpointFeature,
	}, endpoint)
	if e.Description == "" {
		e.Description = http.StatusText(h.Status)
	}
	if e.Code == "" && !resource {
		e.Code = codeOf(h.Status)
	}
	if h.Status == http.StatusTooManyRequests {
		e.RetryAfter = 1 // our choice: LINE documents none
	}
	return e
}

// codeOf returns the error code of a status at the OAuth endpoints (RFC 6749 §4.1.2.1
// and §5.2). For 429 no code is documented; this is our choice.
func codeOf(status int) string {
	switch {
	case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
		return "temporarily_unavailable"
	case status >= 500:
		return "server_error"
	case status == http.StatusUnauthorized:
		return oauth2.InvalidClient
	}
	return oauth2.InvalidRequest
}

// String names the rule for the event log.
func (h hit) String() string {
	text := "fault " + h.ID + ": " + h.Effect
	if h.Status != 0 {
		text += " " + strconv.Itoa(h.Status)
	}
	if h.Delay != 0 {
		text += " " + time.Duration(h.Delay).String()
	}
	return text
}

func (h hit) fix() string { return "it is wanted: remove fault " + h.ID + " if it is not" }

func namesOf(hits []hit) []string {
	var all []string
	for _, h := range hits {
		all = append(all, h.Effect)
	}
	return all
}

// statusOf returns the status that the router will write for an error.
func statusOf(err error) int {
	var e *oauth2.Error
	if errors.As(err, &e) {
		return e.HTTPStatus()
	}
	var refused *control.Error
	if errors.As(err, &refused) {
		return refused.Status
	}
	return http.StatusInternalServerError
}
