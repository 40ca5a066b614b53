package issuetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Login is a login that has succeeded. Zero fields take what is usual: hanako at the
// channel Web, by password, with the scopes profile and openid, and Callback.
type Login struct {
	Person  string
	Scopes  []string
	AMR     []string
	Request store.Request
}

// normal fills in what is usual.
func (l Login) normal(w *World) Login {
	if l.Person == "" {
		l.Person = Hanako
	}
	if l.Scopes == nil {
		l.Scopes = []string{"profile", "openid"}
	}
	if l.AMR == nil {
		l.AMR = []string{"pwd"}
	}
	if l.Request.ChannelID == "" {
		l.Request.ChannelID = Web
	}
	if l.Request.RedirectURI == "" {
		l.Request.RedirectURI = Callback
	}
	return l
}

// Code returns a code, to which the person has consented.
func (w *World) Code(l Login) (raw string, code store.Code) {
	w.T.Helper()
	l = l.normal(w)
	ctx := w.T.Context()
	w.Must(w.Store.PutGrant(ctx, store.Grant{PersonID: l.Person, ChannelID: l.Request.ChannelID, Scopes: l.Scopes, ConsentedAt: w.Now()}))
	raw, code, err := w.Issue.NewCode(l.Request, store.Authentication{
		PersonID: l.Person, AMR: l.AMR, Time: w.Now().Add(-time.Minute),
	}, UserID(l.Person), l.Scopes)
	w.Must(err)
	w.Must(w.Store.CreateCode(ctx, code))
	return raw, code
}

// Forget takes a person out of the store and leaves what was issued to that person, which no
// verb does. Nobody may use the world meanwhile.
func (w *World) Forget(person string) {
	w.T.Helper()
	state, err := w.Store.State(w.T.Context())
	w.Must(err)
	state.People = slices.DeleteFunc(state.People, func(p store.Person) bool { return p.ID == person })
	w.Must(w.Store.SetState(w.T.Context(), state))
}

// Tokens returns the tokens that a login ends in.
func (w *World) Tokens(l Login) wire.TokenResponse { return w.redeem(l, false) }

// ES256 is Tokens with an ID token signed by ES256.
func (w *World) ES256(l Login) wire.TokenResponse { return w.redeem(l, true) }

func (w *World) redeem(l Login, es256 bool) wire.TokenResponse {
	w.T.Helper()
	_, code := w.Code(l)
	out, err := w.Issue.Redeem(w.T.Context(), issue.Redemption{
		Code: code, Channel: w.Channel(code.Request.ChannelID), Base: router.Base{API: BaseURL}, ES256: es256,
	})
	w.Must(err)
	return out
}

// ChannelToken returns a channel access token.
func (w *World) ChannelToken(channelID string, kind store.ChannelTokenKind, life time.Duration) string {
	w.T.Helper()
	raw, err := w.Issue.NewChannelToken(w.T.Context(), channelID, kind, "", life)
	w.Must(err)
	return raw
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Ask sends a request; header holds names and values by turns. A body that is not
// empty is a form unless a Content-Type says otherwise.
func (w *World) Ask(method, target, body string, header ...string) Answer {
	w.T.Helper()
	r := httptest.NewRequestWithContext(w.T.Context(), method, BaseURL+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Content-Type" {
			r.Header.Del("Content-Type")
		}
		r.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.Router.ServeHTTP(rec, r)
	return Answer{rec.Code, rec.Result().Header, rec.Body.String()}
}

// Post sends a form.
func (w *World) Post(target string, form url.Values, header ...string) Answer {
	w.T.Helper()
	return w.Ask(http.MethodPost, target, form.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

// Want fails the test unless a is the answer that is wanted. In body, … stands for
// anything. A refusal must also be told in the event log, with a check and what to do,
// and without any of the secrets.
func (w *World) Want(a Answer, status int, body string, secrets ...string) {
	w.T.Helper()
	if a.Status != status || !matches(a.Body, body) {
		w.T.Errorf("got  %d %s\nwant %d %s", a.Status, a.Body, status, body)
	}
	if status >= 400 {
		w.explained(a, secrets)
	}
}

func (w *World) explained(a Answer, secrets []string) {
	w.T.Helper()
	events, err := w.Store.EventsOf(w.T.Context(), a.Header.Get(wire.HeaderRequestID))
	if err != nil || len(events) == 0 {
		w.T.Errorf("no event for %s: %v", a.Body, err)
		return
	}
	e := events[len(events)-1]
	if e.Kind != "refused" || e.Check == "" || e.Fix == "" {
		w.T.Errorf("the event of %s does not say what failed and what to do: %+v", a.Body, e)
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(fmt.Sprintf("%+v", e), s) {
			w.T.Errorf("the event of %s holds a secret: %+v", a.Body, e)
		}
	}
}

// matches compares with a pattern in which … stands for anything.
func matches(got, pattern string) bool {
	parts := strings.Split(pattern, "…")
	if len(parts) == 1 {
		return got == pattern
	}
	rest, ok := strings.CutPrefix(got, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, p)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
