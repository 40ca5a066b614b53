package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
)

// maxCall bounds the body of a call of the page.
const maxCall = 64 << 10

// Handler returns the page and what its script calls, below Path. It answers under
// loopback names only, and its calls take nothing from other origins' pages.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{$}", s.servePage)
	mux.HandleFunc("GET "+Path+"page.css", style("simulator/page.css"))
	mux.HandleFunc("GET "+Path+"icon.svg", asset("simulator/icon.svg", "image/svg+xml"))
	mux.HandleFunc("GET "+Path+"page.js", asset("simulator/dist/page.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET "+Path+"qr.js", asset("simulator/dist/qr.js", "text/javascript; charset=utf-8"))
	for pattern, call := range map[string]call{
		"GET world":              s.world,
		"POST launch":            s.launch,
		"GET launch/{id}":        s.launchState,
		"POST launch/{id}/close": s.closeLaunch,
		"POST launch/{id}/grant": s.grant,
		"POST autologin":         s.autoLogin,
		"POST launch/{id}/friend": func(r *http.Request) (any, error) {
			var in control.LIFFFriendRequest
			if err := readCall(r, &in); err != nil {
				return nil, err
			}
			return nil, s.cfg.Platform.Befriend(r.Context(), r.PathValue("id"), in.Friend)
		},
		"POST share": func(r *http.Request) (any, error) {
			var in control.LIFFShareRequest
			if err := readCall(r, &in); err != nil {
				return nil, err
			}
			return nil, s.cfg.Platform.Share(r.Context(), in)
		},
		"GET subwindow/{msit}": func(r *http.Request) (any, error) {
			return s.cfg.Platform.SubWindow(r.Context(), r.PathValue("msit"))
		},
		"POST subwindow/{msit}": func(r *http.Request) (any, error) {
			var in control.LIFFSubWindowResult
			if err := readCall(r, &in); err != nil {
				return nil, err
			}
			return nil, s.cfg.Platform.EndSubWindow(r.Context(), r.PathValue("msit"), in)
		},
		"GET why/{request}": func(r *http.Request) (any, error) {
			return s.cfg.Platform.EventsOf(r.Context(), r.PathValue("request"))
		},
		"POST replay": func(r *http.Request) (any, error) {
			var in replayRequest
			if err := readCall(r, &in); err != nil {
				return nil, err
			}
			return s.replay(r.Context(), in)
		},
		"POST rotate": func(r *http.Request) (any, error) { return s.cfg.Platform.RotateKeys(r.Context()) },
		"POST clock":  s.moveClock,
		"GET now":     s.platformNow,
		"POST clear":  func(*http.Request) (any, error) { s.journal.clear(); return nil, nil },
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+Path+"api/"+path, serveCall(call))
	}
	mux.HandleFunc("GET "+Path+"api/events", s.serveEvents)
	return s.guard(mux)
}

// call answers one call of the page: v as JSON, or nothing.
type call func(r *http.Request) (v any, err error)

// fault is what went wrong, in the words of the page.
type fault struct {
	Status  int    `json:"-"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// Error returns the message and what to do.
func (f *fault) Error() string { return f.Message + "; " + f.Fix }

func problem(status int, message, fix string) error { return &fault{status, message, fix} }

func serveCall(c call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := c(r)
		var f *fault
		var refused *control.Error
		switch {
		case err == nil:
			writeJSON(w, http.StatusOK, v)
		case errors.As(err, &f):
			writeJSON(w, f.Status, f)
		case errors.As(err, &refused):
			writeJSON(w, refused.Status, fault{Message: refused.Message, Fix: refused.Fix})
		default:
			writeJSON(w, http.StatusBadGateway, fault{Message: "the platform could not be asked: " + err.Error(), Fix: "look at the log of tegata dev"})
		}
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil { // types of ours: cannot happen
		status, data = http.StatusInternalServerError, []byte(`{"message":"encode answer"}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the page may be gone; nothing is left to do
}

func readCall(r *http.Request, out any) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall+1))
	if err != nil || len(body) > maxCall {
		return problem(http.StatusBadRequest, "the call's body cannot be read", "reload the page")
	}
	in := json.NewDecoder(bytes.NewReader(body))
	in.DisallowUnknownFields()
	if err := in.Decode(out); err != nil {
		return problem(http.StatusBadRequest, "the call's body is no JSON of this page", "reload the page")
	}
	return nil
}
