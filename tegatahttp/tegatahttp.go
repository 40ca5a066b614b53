package tegatahttp

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/tegata-id/tegata"
)

// Verifier is whom the middleware asks: a *tegata.Verifier, or a *tegata.Set where
// tokens of several channels come to one place. One of your own may stand before them,
// to log or to count; it returns no identity that they have not returned.
type Verifier interface {
	// IDToken returns what a verified ID token says.
	IDToken(ctx context.Context, raw string, checks ...tegata.Check) (*tegata.IDToken, error)
	// AccessToken returns whose a verified access token is.
	AccessToken(ctx context.Context, raw string, checks ...tegata.Check) (*tegata.User, error)
}

var (
	_ Verifier = (*tegata.Verifier)(nil)
	_ Verifier = (*tegata.Set)(nil)
)

type userKey struct{}

// UserFrom returns the user whose token let the request through; false, and nil,
// outside of a handler behind this package's middleware. Behind IDToken the user has an
// IDToken, behind AccessToken it has Scopes.
func UserFrom(ctx context.Context) (*tegata.User, bool) {
	u, ok := ctx.Value(userKey{}).(*tegata.User)
	return u, ok
}

// IDToken returns middleware that demands an ID token. It panics if v is nil or an option
// cannot be met by an ID token. The middleware may be put around any number of handlers.
func IDToken(v Verifier, opts ...Option) func(http.Handler) http.Handler {
	return newGate(kindIDToken, v, opts)
}

// AccessToken returns middleware that demands an access token. The platform is asked
// about that of each request, unless Config.AccessTokenWindow of the verifier is set. It
// panics if v is nil or an option cannot be met by an access token. The middleware may be
// put around any number of handlers.
func AccessToken(v Verifier, opts ...Option) func(http.Handler) http.Handler {
	return newGate(kindAccessToken, v, opts)
}

// gate decides about requests. It may be used by many goroutines.
type gate struct {
	kind     kind
	verifier Verifier
	settings
}

// newGate stops a server that would fail at its first request.
func newGate(k kind, v Verifier, opts []Option) func(http.Handler) http.Handler {
	if isNil(v) {
		panic("tegatahttp: the verifier is nil: look at the error of tegata.New or tegata.NewSet")
	}
	g := &gate{kind: k, verifier: v}
	for _, o := range opts {
		if o.set == nil {
			panic("tegatahttp: an Option that no function of this package made")
		}
		o.set(&g.settings, k)
	}
	return g.around
}

// isNil sees a nil pointer inside of an interface, too.
func isNil(v Verifier) bool {
	if v == nil {
		return true
	}
	value := reflect.ValueOf(v)
	return value.Kind() == reflect.Pointer && value.IsNil()
}

// around puts the gate before a handler.
func (g *gate) around(next http.Handler) http.Handler {
	if next == nil {
		panic("tegatahttp: the handler behind the middleware is nil")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Authorization")
		h.Set("Cache-Control", "no-store") // a handler may set another
		begun := time.Now()
		user, no := g.decide(r)
		g.tell(r, no, begun)
		if no != nil {
			no.write(w)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
	})
}

// decide returns the user, or why there is none.
func (g *gate) decide(r *http.Request) (*tegata.User, *refusal) {
	raw, no := bearer(r)
	if no != nil {
		return nil, no
	}
	if no := g.kind.foreign(raw); no != nil {
		return nil, no
	}
	checks, err := g.checksFor(r)
	if err != nil {
		return nil, refusalOf(err, nil)
	}
	user, err := g.verify(r.Context(), raw, checks)
	if err == nil && g.once != nil {
		err = use(r.Context(), g.once, raw, user.Expires)
	}
	if err != nil {
		return nil, refusalOf(err, checks)
	}
	return user, nil
}

// checksFor joins the checks of the middleware and those of the request.
func (g *gate) checksFor(r *http.Request) ([]tegata.Check, error) {
	checks := g.checks
	for _, ask := range g.ask {
		more, err := ask(r)
		if err != nil {
			return nil, err
		}
		checks = slices.Concat(checks, more) // a slice of this request's own
	}
	return checks, nil
}

// errNobody is a mistake of a Verifier that is not of package tegata.
var errNobody = errors.New("tegatahttp: the Verifier returned neither a user nor an error")

func (g *gate) verify(ctx context.Context, raw string, checks []tegata.Check) (*tegata.User, error) {
	var user *tegata.User
	if g.kind == kindIDToken {
		token, err := g.verifier.IDToken(ctx, raw, checks...)
		if err != nil {
			return nil, err
		}
		if token != nil {
			user = token.User()
		}
	} else {
		var err error
		if user, err = g.verifier.AccessToken(ctx, raw, checks...); err != nil {
			return nil, err
		}
	}
	if user == nil || user.UserID == "" {
		return nil, errNobody
	}
	return user, nil
}
