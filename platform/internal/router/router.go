package router

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// Handler answers a request or returns why not. It returns a *oauth2.Error for what
// the client did wrong; any other error is our fault and becomes a 500 without
// detail. It must not have written when it returns an error.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one line of an endpoint package's route table.
type Route struct {
	Pattern string // method and path, as http.ServeMux takes them
	Page    bool   // errors are pages; else JSON
	// CORS lets scripts of any origin call, without cookies: the LIFF SDK calls from
	// the origin of the LIFF app. Preflights are answered without touching the store.
	CORS bool
	// Match narrows what the pattern takes: a request for which it is false is answered
	// as if the route were not there. Nil takes all.
	Match   func(r *http.Request) bool
	Handler Handler
}

// Mux takes routes. A pattern that is there already panics, as http.ServeMux does.
type Mux interface{ Handle(Route) }

// Observer watches what the router does, for metrics. Its methods are called from many
// goroutines.
type Observer interface {
	// Route is told of a route by its pattern. What it returns is called when a request
	// begins, with its method, and what that returns with the status of the answer.
	Route(pattern string) func(method string) func(status int)
	// Noted is told of everything that is recorded.
	Noted(e store.Event)
}

// Config is what a Router needs; every field is required but Others, Exposed,
// Random, Observer and Around.
type Config struct {
	Base   string   // the configured base URL
	Others []string // further base URLs under which the platform is reached
	// Exposed are those by which other machines reach a platform for development.
	Exposed []string
	Now     func() time.Time
	Log     *slog.Logger
	Events  interface {
		AddEvent(ctx context.Context, e store.Event) error
	}
	// ErrorPage writes the page for a fault of a Page route.
	ErrorPage func(w http.ResponseWriter, r *http.Request, e *oauth2.Error) error
	// Random is what request IDs are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
	// Observer may be nil.
	Observer Observer
	// Around, if not nil, is put around the handler of every route. It is for development,
	// where answers may go wrong at will.
	Around func(Route, Handler) Handler
}

// Router is the platform's handler. It may be called from many goroutines once all
// routes are mounted.
type Router struct {
	cfg     Config
	bases   *bases
	mux     *http.ServeMux
	methods map[string][]string // by path, for 405
}

// New returns a router without routes.
func New(cfg Config) (*Router, error) {
	b, err := newBases(cfg.Base, cfg.Others, cfg.Exposed)
	if err != nil {
		return nil, err
	}
	rt := &Router{cfg: cfg, bases: b, mux: http.NewServeMux(), methods: map[string][]string{}}
	rt.mux.HandleFunc("/", rt.wrap(Route{Pattern: "/", Handler: rt.serveUnknown}))
	return rt, nil
}

// Base returns the configured base.
func (rt *Router) Base() Base { return rt.bases.own }

// Handle mounts a route, and its preflight if it has CORS.
func (rt *Router) Handle(route Route) {
	method, path, ok := strings.Cut(route.Pattern, " ")
	if !ok {
		panic("router: pattern without a method: " + route.Pattern)
	}
	rt.mux.HandleFunc(route.Pattern, rt.wrap(route))
	if route.CORS && !slices.Contains(rt.methods[path], http.MethodOptions) {
		rt.mux.HandleFunc(http.MethodOptions+" "+path, rt.preflight(path))
		rt.methods[path] = append(rt.methods[path], http.MethodOptions)
	}
	rt.methods[path] = append(rt.methods[path], method)
}

// ServeHTTP answers a request.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.mux.ServeHTTP(w, r) }

// preflight answers a CORS preflight. Authorization must be named: a star does not
// cover it (Fetch standard).
func (rt *Router) preflight(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h[wire.HeaderRequestID] = []string{rt.newRequestID()}
		h["Access-Control-Allow-Origin"] = []string{"*"}
		h["Access-Control-Allow-Methods"] = []string{strings.Join(rt.methods[path], ", ")}
		h["Access-Control-Allow-Headers"] = []string{"authorization, content-type, accept"}
		h["Access-Control-Max-Age"] = []string{"7200"}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (rt *Router) wrap(route Route) http.HandlerFunc {
	var begin func(string) func(int)
	if o := rt.cfg.Observer; o != nil {
		begin = o.Route(route.Pattern)
	}
	if rt.cfg.Around != nil {
		route.Handler = rt.cfg.Around(route, route.Handler)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if route.Match != nil && !route.Match(r) {
			rt.wrap(Route{Pattern: "/", Handler: rt.serveUnknown})(w, r)
			return
		}
		c := &Call{RequestID: rt.newRequestID(), Base: rt.bases.of(r), route: route.Pattern, router: rt}
		c.w.ResponseWriter = w
		if begin != nil {
			answered := begin(r.Method)
			defer func() { answered(c.w.Status()) }()
		}
		h := w.Header()
		h[wire.HeaderRequestID] = []string{c.RequestID}
		h["X-Content-Type-Options"] = []string{"nosniff"}
		if route.CORS {
			h["Access-Control-Allow-Origin"] = []string{"*"}
			h["Access-Control-Expose-Headers"] = []string{"x-line-request-id, www-authenticate, retry-after"}
		}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		defer rt.recover(c, route, r)
		if err := route.Handler(&c.w, r); err != nil {
			rt.fail(c, route, r, err)
		}
	}
}

// recover turns a panic into a 500, so that a bug of ours costs one request.
func (rt *Router) recover(c *Call, route Route, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // a sentinel by identity
		panic(v)
	}
	rt.cfg.Log.Error("panic", "requestId", c.RequestID, "route", route.Pattern, "panic", v, "stack", string(debug.Stack()))
	rt.fail(c, route, r, fmt.Errorf("panic: %v", v))
}

// fail writes the answer for a handler's error and records why.
func (rt *Router) fail(c *Call, route Route, r *http.Request, err error) {
	var e *oauth2.Error
	if !errors.As(err, &e) {
		if r.Context().Err() != nil {
			return // the client has gone: nobody is left to answer
		}
		e = &oauth2.Error{
			Status: http.StatusInternalServerError, Description: "Internal server error",
			Check: "the platform itself", Fix: "look for the request ID in the platform's log", Cause: err,
		}
		rt.cfg.Log.Error("request failed", "requestId", c.RequestID, "route", route.Pattern, "error", err)
	}
	c.Refuse(r.Context(), e)
	if c.w.begun {
		return
	}
	if route.Page {
		if e.RetryAfter > 0 {
			c.w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
		}
		if perr := rt.cfg.ErrorPage(&c.w, r, e); perr == nil {
			return
		} else if rt.cfg.Log.Error("error page", "requestId", c.RequestID, "error", perr); c.w.begun {
			return
		}
	}
	oauth2.Write(&c.w, e)
}

// serveUnknown answers what no route takes.
func (rt *Router) serveUnknown(w http.ResponseWriter, r *http.Request) error {
	if allowed := rt.methods[r.URL.Path]; len(allowed) > 0 {
		allow := strings.Join(allowed, ", ")
		w.Header().Set("Allow", allow)
		return &oauth2.Error{
			Status: http.StatusMethodNotAllowed, Description: "Method not allowed",
			Check: "method of the request", Given: r.Method, Expected: allow, Fix: "use one of the allowed methods",
		}
	}
	return &oauth2.Error{
		Status: http.StatusNotFound, Description: "Not found", Check: "path of the request",
		Given: oauth2.Clip(r.URL.Path), Fix: "check the path against the API reference",
	}
}

// newRequestID returns 16 hexadecimal digits, the form of LINE Login's examples.
func (rt *Router) newRequestID() string {
	var raw [8]byte
	rt.cfg.Random.Fill(raw[:])
	var out [16]byte
	hex.Encode(out[:], raw[:])
	return string(out[:])
}
