package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/web"
)

// maxCall bounds the body of a call of the page.
const maxCall = 64 << 10

// Handler returns the page and what its script calls, below Path. It answers under
// loopback names only, and its calls take nothing from other origins' pages.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{$}", s.servePage)
	mux.HandleFunc("GET "+Path+"page.css", serveStyle)
	mux.HandleFunc("GET "+Path+"icon.svg", asset("simulator/icon.svg", "image/svg+xml"))
	mux.HandleFunc("GET "+Path+"page.js", asset("simulator/dist/page.js", "text/javascript; charset=utf-8"))
	for pattern, call := range map[string]call{
		"GET world":              s.world,
		"POST launch":            s.launch,
		"GET launch/{id}":        s.launchState,
		"POST launch/{id}/close": s.closeLaunch,
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

// guard keeps others out: this handler holds an admin token, so only its own page may
// call it, by a name that is this machine's (against DNS rebinding).
func (s *Simulator) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			writeJSON(w, http.StatusForbidden, fault{Message: "the simulator answers under localhost only", Fix: "open " + s.cfg.Platform.BaseURL + Path})
			return
		}
		site := r.Header.Get("Sec-Fetch-Site")
		called := strings.HasPrefix(r.URL.Path, Path+"api/")
		if called && site != "same-origin" || r.Method != http.MethodGet && r.Header.Get("Content-Type") != "application/json" {
			writeJSON(w, http.StatusForbidden, fault{Message: "only the simulator's own page may call this", Fix: "open " + s.cfg.Platform.BaseURL + Path})
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// serveStyle answers with the colours of all pages, then the style of this one.
func serveStyle(w http.ResponseWriter, _ *http.Request) {
	colours, err1 := web.Pages.ReadFile("pages/layout/tokens.css")
	style, err2 := web.Simulator.ReadFile("simulator/page.css")
	if errors.Join(err1, err2) != nil { // embedded: a test asks for them
		http.Error(w, "not built in", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(append(colours, style...)) // the browser may be gone; nothing is left to do
}

func asset(name, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := web.Simulator.ReadFile(name)
		if err != nil { // embedded: a test asks for each
			http.Error(w, "not built in", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(data) // the browser may be gone; nothing is left to do
	}
}

// servePage answers with the page. Every state of it is a URL: the query is its script's.
func (s *Simulator) servePage(w http.ResponseWriter, _ *http.Request) {
	frames := []string{}
	for _, upstream := range s.order {
		frames = append(frames, s.proxies[upstream].origin)
	}
	var page bytes.Buffer
	if err := s.page.Execute(&page, map[string]string{"Path": Path, "Platform": s.cfg.Platform.BaseURL}); err != nil {
		s.cfg.Log.Error("page of the simulator", "error", err)
		http.Error(w, "the page cannot be written: see the log", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; frame-src "+
		strings.Join(append(frames, "'self'"), " ")+"; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	_, _ = w.Write(page.Bytes()) // the browser may be gone; nothing is left to do
}

// worldApp is a LIFF app as the page shows it.
type worldApp struct {
	control.LIFFWorldApp
	Origin  string `json:"origin"`  // of its port; empty: it has none
	Skipped string `json:"skipped"` // why it has none
	Notes   []note `json:"notes"`
}

func (s *Simulator) world(r *http.Request) (any, error) {
	world, err := s.cfg.Platform.LIFF(r.Context())
	if err != nil {
		return nil, err
	}
	apps := []worldApp{}
	for _, a := range world.Apps {
		one := worldApp{LIFFWorldApp: a, Skipped: s.skipped[a.LIFFID], Notes: []note{}}
		if p := s.served(a.LIFFID); p != nil {
			one.Origin, one.Notes = p.origin, p.noted()
		} else if one.Skipped == "" {
			one.Skipped = "it was added after the start: start again to give it a port"
		}
		apps = append(apps, one)
	}
	return map[string]any{"apps": apps, "people": world.People, "platform": s.cfg.Platform.BaseURL}, nil
}

func (s *Simulator) launch(r *http.Request) (any, error) {
	var in control.LIFFLaunchRequest
	if err := readCall(r, &in); err != nil {
		return nil, err
	}
	p := s.served(in.LIFFID)
	if p == nil {
		return nil, problem(http.StatusBadRequest, "the LIFF app is not served here", "choose another app")
	}
	in.Origin = p.origin
	out, err := s.cfg.Platform.Launch(r.Context(), in)
	if err != nil {
		return nil, err
	}
	s.opened.add(launched{LIFFLaunch: *out, person: in.Person})
	return out, nil
}

func (s *Simulator) launchState(r *http.Request) (any, error) {
	return s.cfg.Platform.LaunchState(r.Context(), r.PathValue("id"))
}

func (s *Simulator) closeLaunch(r *http.Request) (any, error) {
	var in control.LIFFCloseRequest
	if err := readCall(r, &in); err != nil {
		return nil, err
	}
	out, err := s.cfg.Platform.CloseLaunch(r.Context(), r.PathValue("id"), in)
	if err == nil && !in.Keep {
		s.opened.close(r.PathValue("id"))
	}
	return out, err
}

// clockRequest moves the platform's clock to a moment, or back to the real time.
type clockRequest struct {
	At    time.Time `json:"at,omitzero"`
	Reset bool      `json:"reset,omitempty"`
}

func (s *Simulator) moveClock(r *http.Request) (any, error) {
	var in clockRequest
	if err := readCall(r, &in); err != nil {
		return nil, err
	}
	change := control.ClockChange{Do: control.ClockJump, At: in.At}
	if in.Reset {
		change = control.ClockChange{Do: control.ClockReset}
	}
	return s.cfg.Platform.MoveClock(r.Context(), change)
}

func (s *Simulator) platformNow(r *http.Request) (any, error) {
	return s.cfg.Platform.PlatformClock(r.Context())
}

// serveEvents sends the journal as server-sent events, from the entry after the last one
// that the page has.
func (s *Simulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		seq = 0
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_, _ = io.WriteString(w, "retry: 500\n\n")
	for {
		entries, news := s.journal.after(seq)
		for _, e := range entries {
			data, err := json.Marshal(e)
			if err != nil { // types of ours: cannot happen
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, data); err != nil {
				return
			}
			seq = e.Seq
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return
		case <-s.journal.ended:
			return
		}
	}
}
