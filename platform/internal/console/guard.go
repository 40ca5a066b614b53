package console

import (
	"net/http"

	"github.com/tegata-id/tegata/platform/internal/router"
)

// Guard lets requests for another room's control API through by the rules of this one:
// an admin token, a host of ours, no foreign page. The room's refusals are written in
// this API's shape.
func (a *API) Guard(next router.Handler) router.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		by, err := a.admit(r)
		switch {
		case err != nil:
		case by.once:
			err = badToken()
		default:
			err = next(w, r)
		}
		if refused := refusal(err); refused != nil {
			return writeError(w, r, refused)
		}
		return err
	}
}
