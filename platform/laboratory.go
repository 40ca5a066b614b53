package platform

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/platform/internal/lab/fault"
	"github.com/tegata-id/tegata/platform/internal/liffapp"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Laboratory is the lab of a running platform: clock, tokens, faults and state.
type Laboratory = lab.Running

// Laboratory returns the lab of the platform; nil without Config.Lab.
func (p *Platform) Laboratory() *Laboratory { return p.running }

// development is what a platform with a Lab has more.
type development struct {
	clock   *lab.Clock
	random  *entropy.Streams // nil: crypto/rand
	derive  []byte           // what keys are derived from; nil: they are generated
	faults  *fault.Set
	running *lab.Running
	open    *liffapp.Lab // LIFF browsers
}

// develop puts the platform under a clock that can be moved and, if that was asked for,
// under random bytes that follow from a text.
func (p *Platform) develop() {
	if p.cfg.Lab == nil {
		return
	}
	p.clock = lab.NewClock(p.cfg.Now, p.cfg.Lab.FrozenAt)
	if at := p.cfg.Lab.StartAt; !at.IsZero() {
		p.clock.StartAt(at)
	}
	p.cfg.Now = p.clock.Platform
	p.random, p.derive = lab.Streams(p.cfg.Lab.Deterministic)
}

// startLab makes the lab of a platform that has its keys and its seed.
func (p *Platform) startLab(ctx context.Context) error {
	if p.cfg.Lab == nil {
		return nil
	}
	user, channel := "", ""
	if seed := p.cfg.Lab.Seed; seed != nil {
		if len(seed.Users) > 0 {
			user = seed.Users[0].Handle
		}
		if len(seed.Channels) > 0 {
			channel = seed.Channels[0].ID
		}
	}
	p.faults = fault.New(fault.Config{
		Store: p.cfg.Store, Issue: p.issue, Ring: p.ring, Now: p.cfg.Now, Skew: p.clock.Skew, User: user, Channel: channel,
		Session: func(r *http.Request) (store.Session, error) { return p.logins.Session(r) },
		Pass: func(by time.Duration) error {
			_, err := p.clock.Change(control.ClockChange{Do: control.ClockAdvance, By: control.Duration(by)})
			return err
		},
		Random: p.random.Source("fault"),
	})
	base := p.cfg.BaseURL
	var err error
	p.running, err = lab.New(ctx, lab.Config{
		Store: p.cfg.Store, Issue: p.issue, Ring: p.ring, Sealer: p.cfg.Sealer, Clock: p.clock, Faults: p.faults,
		Base: router.Base{Access: base, API: base, LIFF: base, Secure: strings.HasPrefix(base, "https:")},
		User: user, Channel: channel, Random: p.random,
		Forget: func() { p.open.Reset() },
	})
	return err
}

// around returns what stands around every handler; nil without a Lab.
func (p *Platform) around() func(router.Route, router.Handler) router.Handler {
	if p.faults == nil {
		return nil
	}
	return p.faults.Around
}

// spoil returns what may change the code and the state of a callback; nil without a Lab.
func (p *Platform) spoil() func(*http.Request, store.Request, string, string) (string, string) {
	if p.faults == nil {
		return nil
	}
	return p.faults.Spoil
}

// exposed are the base URLs of a Lab by which other machines come.
func (c *Config) exposed() []string {
	if c.Lab == nil {
		return nil
	}
	return c.Lab.Exposed
}
