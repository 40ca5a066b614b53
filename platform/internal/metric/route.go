package metric

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// route counts the answers of one route. Counters are found once and then kept, since to
// look one up by its labels costs more than to count.
type route struct {
	set  *Set
	name string

	mu      sync.Mutex                           // held to replace answers
	answers atomic.Pointer[map[answer]*measured] // never changed, only replaced
}

// answer is what the counters of a route differ by.
type answer struct {
	method string // one of methodOf
	status int
}

type measured struct {
	count   prometheus.Counter
	seconds prometheus.Observer
}

// Route implements router.Observer.
func (s *Set) Route(pattern string) func(method string) func(status int) {
	r := &route{set: s, name: routeOf(pattern)}
	r.answers.Store(&map[answer]*measured{})
	kept, _ := s.routes.LoadOrStore(r.name, r)
	return kept.(*route).begin
}

func (r *route) begin(method string) func(status int) {
	method = methodOf(method)
	elapsed := stopwatch()
	return func(status int) {
		m := (*r.answers.Load())[answer{method, status}]
		if m == nil {
			m = r.find(answer{method, status})
		}
		m.count.Inc()
		m.seconds.Observe(elapsed().Seconds())
	}
}

// find makes the counters of an answer that is given for the first time. There are few:
// methods are bounded, and so are the statuses that we answer.
func (r *route) find(a answer) *measured {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := *r.answers.Load()
	if m := old[a]; m != nil {
		return m
	}
	m := &measured{
		count:   r.set.requests.WithLabelValues(r.name, a.method, strconv.Itoa(a.status)),
		seconds: r.set.seconds.WithLabelValues(r.name, a.method),
	}
	next := maps.Clone(old)
	next[a] = m
	r.answers.Store(&next)
	return m
}

// methodOf bounds the methods: anybody may send any word.
func methodOf(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
