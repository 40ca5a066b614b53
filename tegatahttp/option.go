package tegatahttp

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/tegata-id/tegata"
)

// Option is one more thing for IDToken or AccessToken to do, made by Checks, CheckRequest,
// OneTime or Observe. Options only ever add to one another. The zero Option panics there.
type Option struct {
	set func(*settings, kind)
}

// settings is what the options say.
type settings struct {
	checks  []tegata.Check
	ask     []func(*http.Request) ([]tegata.Check, error)
	once    Once
	observe []observer
}

// Checks demands that every token satisfies these checks, such as tegata.WithMaxAge,
// tegata.WithAMR or, of access tokens, tegata.WithScopes. The middleware panics when it
// is made with a check that no token of its kind can satisfy. What differs from request to
// request is for CheckRequest.
func Checks(checks ...tegata.Check) Option {
	checks = slices.Clone(checks)
	return Option{func(s *settings, k kind) {
		for _, c := range checks {
			err := c.ForIDToken()
			if k == kindAccessToken {
				err = c.ForAccessToken()
			}
			if err != nil {
				panic(fmt.Sprintf("tegatahttp: Checks: every %s would be refused: %v", k, err))
			}
		}
		s.checks = append(s.checks, checks...)
	}}
}

// CheckRequest has checks demands the checks that it returns for a request, such as
// tegata.WithSubject with the user of the server's own session. It is asked once for each
// request that has a token of the right look, before the token is verified, and must leave
// the body alone. No checks and no error add nothing.
//
// An error refuses the request. One of package tegata's, such as tegata.ErrSubject, is
// answered like that reason; any other is answered with 500, and its text is told to
// Observe alone.
func CheckRequest(checks func(*http.Request) ([]tegata.Check, error)) Option {
	return Option{func(s *settings, _ kind) {
		if checks == nil {
			panic("tegatahttp: CheckRequest: the function is nil")
		}
		s.ask = append(s.ask, func(r *http.Request) ([]tegata.Check, error) {
			all, err := checks(r)
			if err != nil {
				return nil, fmt.Errorf("tegatahttp: CheckRequest: %w", err)
			}
			return all, nil
		})
	}}
}
