package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// API is the admin API.
type API struct {
	Events store.Events
	// Hosts are the hosts (with port) under which the API may be asked, beside
	// loopback addresses and localhost.
	Hosts []string
	// Tokens are the SHA-256 hashes of the admin tokens. None: everybody is refused.
	Tokens [][32]byte
	// Env says what `tegata env` shows; nil outside of development: the route is then
	// not mounted.
	Env func(ctx context.Context, base router.Base) (*control.Env, error)
}

// Mount mounts the routes.
func (a *API) Mount(mux router.Mux) {
	mux.Handle(router.Route{Pattern: "GET " + control.PathEvents, Handler: a.guard(a.serveEvents)})
	if a.Env != nil {
		mux.Handle(router.Route{Pattern: "GET " + control.PathEnv, Handler: a.guard(a.serveEnv)})
	}
}

// maxPage is the most events in one answer.
const maxPage = 200

func (a *API) serveEvents(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	var found []store.Event
	if id := q.Get("request"); id != "" {
		found, err = a.Events.EventsOf(r.Context(), id)
	} else {
		after := int64(0)
		if s := q.Get("after"); s != "" {
			if after, err = strconv.ParseInt(s, 10, 64); err != nil || after < 0 {
				return &control.Error{
					Status: http.StatusBadRequest, Code: "bad_request",
					Message: "after is not a sequence number", Fix: "give the seq of the last event that you have, or leave it out",
				}
			}
		}
		found, err = a.Events.EventsAfter(r.Context(), after, maxPage)
	}
	if err != nil {
		return err
	}
	out := control.Events{Events: make([]control.Event, len(found))}
	for i, e := range found {
		out.Events[i] = control.Event(e)
	}
	return router.WriteJSON(w, out)
}

func (a *API) serveEnv(w http.ResponseWriter, r *http.Request) error {
	env, err := a.Env(r.Context(), router.From(r.Context()).Base)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, env)
}

// guard lets through who holds an admin token and writes errors in this API's shape.
func (a *API) guard(next router.Handler) router.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := a.admit(r)
		if err == nil {
			err = next(w, r)
		}
		var refused *control.Error
		var plain *oauth2.Error
		switch {
		case errors.As(err, &refused):
		case errors.As(err, &plain):
			refused = &control.Error{Status: plain.HTTPStatus(), Code: "bad_request", Message: plain.Description, Fix: plain.Fix}
		default:
			return err
		}
		return writeError(w, r, refused)
	}
}

func (a *API) admit(r *http.Request) error {
	if !a.ours(r.Host) {
		return &control.Error{
			Status: http.StatusForbidden, Code: "host",
			Message: "the admin API is not served under this host name", Fix: "use the base URL that tegata printed at start",
		}
	}
	if s := r.Header.Get("Sec-Fetch-Site"); s != "" && s != "same-origin" && s != "none" {
		return &control.Error{
			Status: http.StatusForbidden, Code: "cross_site",
			Message: "the admin API cannot be called from another site's page", Fix: "use the command line or curl",
		}
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(token))
	found := 0
	for _, t := range a.Tokens {
		found |= subtle.ConstantTimeCompare(t[:], sum[:])
	}
	if !strings.EqualFold(scheme, "Bearer") || token == "" || found != 1 {
		return &control.Error{
			Status: http.StatusUnauthorized, Code: "token",
			Message: "the admin token is missing or wrong",
			Fix:     "give --token or TEGATA_ADMIN_TOKEN; tegata dev writes its token to a file that the command line finds by the port",
		}
	}
	return nil
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
