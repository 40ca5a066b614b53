package authorize

import (
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

const textBusy = "Too many logins were begun from your network. Wait a minute, then go back to the app and log in again."

// rowBytes is what a login transaction takes in a store beside its request.
const rowBytes = 700

// enter counts a login that begins. Those that must go so that there is room for it are
// removed from the store, where they would otherwise stay until they end.
func (s *Endpoints) enter(r *http.Request, req store.Request, hash store.Hash) error {
	if s.Lobby == nil {
		return nil
	}
	out, ok := s.Lobby.Enter(login.Address(r), hash, rowBytes+requestBytes(req))
	if !ok {
		return &oauth2.Error{
			Status: http.StatusTooManyRequests, Code: oauth2.CodeInvalidRequest, Description: textBusy, RetryAfter: 60,
			Check: "one address has begun too many logins in a short time",
			Fix:   "wait; if all logins seem to come from one address, name the proxy in front in proxy.trusted",
		}
	}
	for _, h := range out {
		if err := s.Store.DropTransaction(r.Context(), h); err != nil {
			return fmt.Errorf("drop login transaction: %w", err)
		}
	}
	return nil
}

// requestBytes is how long the parts of a request are that a client may make long.
func requestBytes(req store.Request) int {
	n := len(req.RedirectURI) + len(req.State) + len(req.Nonce) + len(req.UILocales) + len(req.OptionalRedirectURI) + len(req.InitialAMR)
	for _, scope := range req.Scopes {
		n += len(scope)
	}
	return n
}
