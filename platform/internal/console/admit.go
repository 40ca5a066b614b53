package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// guard lets through who holds an admin token, and writes answers and errors in this
// API's shape.
func (a *API) guard(next handler) router.Handler {
	return a.guardOnce(func(r *http.Request, by operator) (any, error) {
		if by.once {
			return nil, &control.Error{
				Status: http.StatusForbidden, Code: "once",
				Message: "this token is good for one thing: making an admin token",
				Fix:     "run tegata admin token create --name NAME with it, and go on with the token which that prints",
			}
		}
		return next(r, by)
	})
}

// guardOnce is guard for what a token for one use may do too.
func (a *API) guardOnce(next handler) router.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		by, err := a.admit(r)
		var v any
		if err == nil {
			v, err = next(r, by)
		}
		if err == nil {
			return router.WriteJSON(w, v)
		}
		refused := refusal(err)
		if refused == nil {
			return err
		}
		return writeError(w, r, refused)
	}
}

// refusal returns the error for what the operator did wrong; nil if the fault is ours.
func refusal(err error) *control.Error {
	var refused *control.Error
	var plain *oauth2.Error
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &plain):
		return &control.Error{Status: plain.HTTPStatus(), Code: "bad_request", Message: plain.Description, Fix: plain.Fix}
	case errors.Is(err, store.ErrConflict):
		return &control.Error{Status: http.StatusConflict, Code: "conflict", Message: "somebody else changed it at the same moment", Fix: "look at it again, then repeat the change"}
	}
	return nil
}

func (a *API) admit(r *http.Request) (operator, error) {
	if !a.ours(r.Host) || router.From(r.Context()).Base.Exposed {
		return operator{}, &control.Error{
			Status: http.StatusForbidden, Code: "host",
			Message: "the admin API is not served under this host name", Fix: "use the base URL that tegata printed at start",
		}
	}
	if s := r.Header.Get("Sec-Fetch-Site"); s != "" && s != "same-origin" && s != "none" {
		return operator{}, &control.Error{
			Status: http.StatusForbidden, Code: "cross_site",
			Message: "the admin API cannot be called from another site's page", Fix: "use the command line or curl",
		}
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return operator{}, badToken()
	}
	sum := sha256.Sum256([]byte(token))
	found := 0
	for _, t := range a.Tokens {
		found |= subtle.ConstantTimeCompare(t[:], sum[:])
	}
	if found == 1 {
		return operator{name: "of this run"}, nil
	}
	if !strings.HasPrefix(token, tokenPrefix) {
		return operator{}, badToken()
	}
	t, err := a.Store.AdminToken(r.Context(), sum, a.now())
	if errors.Is(err, store.ErrNotFound) {
		return operator{}, badToken()
	}
	return operator{id: t.ID, name: t.Name, once: t.Once}, err
}

func badToken() error {
	return &control.Error{
		Status: http.StatusUnauthorized, Code: "token",
		Message: "the admin token is missing or wrong, or its time is over",
		Fix:     "give --token or TEGATA_ADMIN_TOKEN; tegata dev writes its token to a file that the command line finds by the port, tegata serve --first-token prints one that makes a new one",
	}
}

// ours says whether a Host header names loopback or a configured host.
func (a *API) ours(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		name = host[:i]
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip, err := netip.ParseAddr(name); err == nil && ip.IsLoopback() || name == "localhost" {
		return true
	}
	for _, h := range a.Hosts {
		if strings.EqualFold(h, host) {
			return true
		}
	}
	return false
}

func writeError(w http.ResponseWriter, r *http.Request, e *control.Error) error {
	c := router.From(r.Context())
	c.Refuse(r.Context(), &oauth2.Error{Status: e.Status, Description: e.Message, Check: "admin API: " + e.Code, Fix: e.Fix})
	out := *e
	out.RequestID = c.RequestID
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	if e.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(e.Status)
	_, _ = w.Write(data) // the client may be gone; nothing is left to do
	return nil
}
