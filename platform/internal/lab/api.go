package lab

import (
	_ "embed"
	"net/http"
	"strconv"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/lab/fault"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
)

//go:embed openapi.json
var openAPI []byte

// maxBody bounds a request: a state of ten thousand events and as many tokens.
const maxBody = 16 << 20

// API is the lab API. Every field is required.
type API struct {
	Lab *Running
	// Guard lets through who may use the control APIs, and writes their errors.
	Guard func(router.Handler) router.Handler
}

// Mount mounts the routes.
func (a *API) Mount(mux router.Mux) {
	for _, route := range []router.Route{
		{Pattern: "GET " + control.PathLabAPI, Handler: serveOpenAPI},
		{Pattern: "GET " + control.PathLabClock, Handler: a.serveClock},
		{Pattern: "POST " + control.PathLabClock, Handler: a.serveClockChange},
		{Pattern: "POST " + control.PathLabTokens, Handler: a.serveMint},
		{Pattern: "POST " + control.PathLabRevoke, Handler: a.serveRevoke},
		{Pattern: "GET " + control.PathLabFaults, Handler: a.serveFaults},
		{Pattern: "POST " + control.PathLabFaults, Handler: a.serveAddFault},
		{Pattern: "DELETE " + control.PathLabFaults, Handler: a.serveClearFaults},
		{Pattern: "DELETE " + control.PathLabFaults + "/{id}", Handler: a.serveRemoveFault},
		{Pattern: "GET " + control.PathLabTroubles, Handler: serveTroubles},
		{Pattern: "POST " + control.PathLabTroubles + "/{name}", Handler: a.serveTrigger},
		{Pattern: "GET " + control.PathLabState, Handler: a.serveExport},
		{Pattern: "PUT " + control.PathLabState, Handler: a.serveImport},
		{Pattern: "POST " + control.PathLabReset, Handler: a.serveReset},
		{Pattern: "POST " + control.PathLabSnapshots, Handler: a.serveSnapshot},
		{Pattern: "POST " + control.PathLabSnapshots + "/{id}/restore", Handler: a.serveRestore},
		{Pattern: "DELETE " + control.PathLabSnapshots + "/{id}", Handler: a.serveDeleteSnapshot},
		{Pattern: "GET " + control.PathLabRequests, Handler: a.serveRequests},
	} {
		route.Handler = a.Guard(route.Handler)
		mux.Handle(route)
	}
}

// serveOpenAPI answers the description of this API.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	router.WriteRaw(w, openAPI)
	return nil
}

func (a *API) serveClock(w http.ResponseWriter, _ *http.Request) error {
	return router.WriteJSON(w, a.Lab.Clock())
}

func (a *API) serveClockChange(w http.ResponseWriter, r *http.Request) error {
	return answer(w, r, a.Lab.ChangeClock)
}

func (a *API) serveMint(w http.ResponseWriter, r *http.Request) error {
	return answer(w, r, a.Lab.Mint)
}

func (a *API) serveRevoke(w http.ResponseWriter, r *http.Request) error {
	var t control.TokenRef
	if err := read(r, &t); err != nil {
		return err
	}
	return done(w, a.Lab.Revoke(r.Context(), t))
}

func (a *API) serveFaults(w http.ResponseWriter, _ *http.Request) error {
	return router.WriteJSON(w, a.Lab.Faults())
}

func (a *API) serveAddFault(w http.ResponseWriter, r *http.Request) error {
	return answer(w, r, a.Lab.AddFault)
}

func (a *API) serveClearFaults(w http.ResponseWriter, _ *http.Request) error {
	a.Lab.ClearFaults()
	return done(w, nil)
}

func (a *API) serveRemoveFault(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Lab.RemoveFault(r.PathValue("id")))
}

func serveTroubles(w http.ResponseWriter, _ *http.Request) error {
	return router.WriteJSON(w, fault.Troubles())
}

func (a *API) serveTrigger(w http.ResponseWriter, r *http.Request) error {
	var t control.Trigger
	if err := read(r, &t); err != nil {
		return err
	}
	out, err := a.Lab.Trigger(r.Context(), r.PathValue("name"), t)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, out)
}

func (a *API) serveExport(w http.ResponseWriter, r *http.Request) error {
	f, err := a.Lab.Export(r.Context())
	if err != nil {
		return err
	}
	return router.WriteJSON(w, f)
}

func (a *API) serveImport(w http.ResponseWriter, r *http.Request) error {
	data, err := body(r)
	if err != nil {
		return err
	}
	return done(w, a.Lab.Import(r.Context(), data))
}

func (a *API) serveReset(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Lab.Reset(r.Context()))
}

func (a *API) serveSnapshot(w http.ResponseWriter, r *http.Request) error {
	s, err := a.Lab.Snapshot(r.Context())
	if err != nil {
		return err
	}
	return router.WriteJSON(w, s)
}

func (a *API) serveRestore(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Lab.Restore(r.Context(), r.PathValue("id")))
}

func (a *API) serveDeleteSnapshot(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Lab.DeleteSnapshot(r.PathValue("id")))
}

func (a *API) serveRequests(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	after := int64(0)
	if s := q.Get("after"); s != "" {
		if after, err = strconv.ParseInt(s, 10, 64); err != nil || after < 0 {
			return bad("after is not a sequence number", "give the seq of the last request that you have, or leave it out")
		}
	}
	return router.WriteJSON(w, a.Lab.Requests(after, q.Get("endpoint")))
}
