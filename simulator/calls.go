package simulator

import (
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

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

// grant grants more scopes to an open app, and remembers its new tokens beside the old.
func (s *Simulator) grant(r *http.Request) (any, error) {
	var in control.LIFFGrantRequest
	if err := readCall(r, &in); err != nil {
		return nil, err
	}
	out, err := s.cfg.Platform.Grant(r.Context(), r.PathValue("id"), in)
	if err != nil {
		return nil, err
	}
	s.opened.renew(*out)
	return out, nil
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
