package fault

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
)

// Config is what a Set needs; every field but Random is required.
type Config struct {
	Store store.Store
	Issue *issue.Service
	Ring  *keyring.Ring
	Now   func() time.Time
	// Session returns the session of a browser; store.ErrNotFound.
	Session func(r *http.Request) (store.Session, error)
	// Skew sets how far the platform's clock is off.
	Skew func(by time.Duration)
	// Pass moves the platform's clock ahead, for good.
	Pass func(by time.Duration) error
	// User and Channel are whom a trouble befalls that must befall somebody: a handle and
	// an ID.
	User, Channel string
	// Random is what foreign states are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
}

// Bounds of rules.
const (
	maxRules = 1000
	maxDelay = 5 * time.Minute
)

// Set is the rules in force and the log of requests. It may be used from many
// goroutines.
type Set struct {
	cfg Config
	log requests

	some atomic.Bool // whether there is any rule: without one a request costs a look at it

	mu    sync.Mutex // guards what follows
	rules []*rule
	last  int // number of the newest rule
}

// rule is a fault in force.
type rule struct {
	control.Fault
	person  string // of User
	matched int
	chance  *rand.Rand
}

// New returns a Set without rules.
func New(cfg Config) *Set { return &Set{cfg: cfg} }

// Add puts a rule in force and returns it with its ID. The error is a *control.Error.
func (s *Set) Add(ctx context.Context, f control.Fault) (control.Fault, error) {
	if err := check(&f); err != nil {
		return control.Fault{}, err
	}
	r := &rule{Fault: f, chance: rand.New(rand.NewPCG(f.Seed, f.Seed))} //nolint:gosec // a run that must be repeatable
	if f.Channel != "" {
		if _, err := s.cfg.Store.Channel(ctx, f.Channel); err != nil {
			return control.Fault{}, nobody(err, "channel", f.Channel)
		}
	}
	if f.User != "" {
		p, err := s.person(ctx, f.User)
		if err != nil {
			return control.Fault{}, err
		}
		r.person = p.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rules) >= maxRules {
		return control.Fault{}, bad(fmt.Sprintf("there are %d faults already", maxRules), "clear some")
	}
	s.last++
	r.ID, r.Hits = strconv.Itoa(s.last), 0
	s.rules = append(s.rules, r)
	s.changed()
	return r.Fault, nil
}

// person returns the persona with a handle.
func (s *Set) person(ctx context.Context, handle string) (store.Person, error) {
	p, err := s.cfg.Store.PersonByLogin(ctx, handle)
	if err == nil && p.Handle != handle {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Person{}, nobody(err, "user", handle)
	}
	return p, nil
}

// changed follows a change of the rules. The caller holds the lock.
func (s *Set) changed() {
	s.some.Store(len(s.rules) > 0)
	var skew time.Duration
	for _, r := range s.rules {
		if r.Effect == control.EffectSkew {
			skew += time.Duration(r.Delay)
		}
	}
	s.cfg.Skew(skew)
}

// List returns the rules in force.
func (s *Set) List() control.Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := control.Faults{Faults: make([]control.Fault, len(s.rules))}
	for i, r := range s.rules {
		out.Faults[i] = r.Fault
	}
	return out
}

// Remove ends one rule. The error is a *control.Error.
func (s *Set) Remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.rules {
		if r.ID == id {
			s.rules = append(s.rules[:i:i], s.rules[i+1:]...)
			s.changed()
			return nil
		}
	}
	return &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf("there is no fault %q", id), Fix: "list the faults"}
}

// Clear ends every rule.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	s.changed()
}

// Reset ends every rule, forgets all requests and begins to number anew.
func (s *Set) Reset() {
	s.Clear()
	s.mu.Lock()
	s.last = 0
	s.mu.Unlock()
	s.log.clear()
}

// hit is a rule that befalls an answer.
type hit struct{ control.Fault }

// take returns the rules among those that want accepts which befall a request, and
// counts.
func (s *Set) take(a *asked, want func(control.Fault) bool) []hit {
	if !s.some.Load() {
		return nil
	}
	s.mu.Lock()
	about := false
	for _, r := range s.rules {
		about = about || r.Channel != "" || r.User != ""
	}
	s.mu.Unlock()
	if about {
		a.resolve()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var hits []hit
	for _, r := range s.rules {
		if want(r.Fault) && r.befalls(a) {
			hits = append(hits, hit{r.Fault})
		}
	}
	return hits
}

// befalls says whether a rule befalls a request, and counts. The caller holds the lock.
func (r *rule) befalls(a *asked) bool {
	if !r.atEndpoint(a) || r.Channel != "" && r.Channel != a.channel || r.person != "" && r.person != a.person {
		return false
	}
	r.matched++
	// Chance is asked each time, so that it does not depend on what else the rule says.
	lucky := r.Probability != 0 && r.chance.Float64() >= r.Probability
	if lucky || r.Nth != 0 && r.matched != r.Nth || r.Times != 0 && r.Hits >= r.Times {
		return false
	}
	r.Hits++
	return true
}

func nobody(err error, what, name string) error {
	if !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%s %s: %w", what, name, err)
	}
	return &control.Error{
		Status: http.StatusNotFound, Code: "not_found",
		Message: fmt.Sprintf("there is no %s %q", what, name), Fix: "tegata env lists those that there are",
	}
}

func bad(message, fix string) error {
	return &control.Error{Status: http.StatusBadRequest, Code: "bad_request", Message: message, Fix: fix}
}
