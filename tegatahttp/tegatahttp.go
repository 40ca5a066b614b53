package tegatahttp

import (
	"context"
	"net/http"

	"github.com/tegata-id/tegata"
)

type userKey struct{}

// UserFrom returns the user whose token let the request through; false, and nil,
// outside of a handler behind this package's middleware.
func UserFrom(ctx context.Context) (*tegata.User, bool) {
	u, ok := ctx.Value(userKey{}).(*tegata.User)
	return u, ok
}

// IDToken returns middleware that demands an ID token and the checks. It panics if v is
// nil.
func IDToken(v *tegata.Verifier, checks ...tegata.Check) func(http.Handler) http.Handler {
	needVerifier(v)
	return middleware(func(ctx context.Context, raw string) (*tegata.User, error) {
		token, err := v.IDToken(ctx, raw, checks...)
		if err != nil {
			return nil, err
		}
		return token.User(), nil
	})
}

// AccessToken returns middleware that demands an access token; the platform is asked
// about each request's. It panics if v is nil.
func AccessToken(v *tegata.Verifier) func(http.Handler) http.Handler {
	needVerifier(v)
	return middleware(func(ctx context.Context, raw string) (*tegata.User, error) { return v.AccessToken(ctx, raw) })
}

// needVerifier stops a server that would fail at its first request.
func needVerifier(v *tegata.Verifier) {
	if v == nil {
		panic("tegatahttp: the verifier is nil: look at the error of tegata.New")
	}
}

func middleware(verify func(context.Context, string) (*tegata.User, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Add("Vary", "Authorization")
			h.Set("Cache-Control", "no-store") // a handler may set another
			raw, fault := bearer(r)
			if fault != nil {
				fault.write(w)
				return
			}
			user, err := verify(r.Context(), raw)
			if err != nil {
				refusalOf(err).write(w)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
		})
	}
}
