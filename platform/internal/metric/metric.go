package metric

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tegata-id/tegata/store"
)

// Set is the metrics of one platform. It may be used from many goroutines.
type Set struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	issued   *prometheus.CounterVec
	refused  *prometheus.CounterVec
	verbs    *prometheus.HistogramVec
	faults   *prometheus.CounterVec
	swept    prometheus.Counter
	sweeps   *prometheus.CounterVec
	lost     prometheus.Counter
	routes   sync.Map // pattern to *route
}

// buckets are of durations in seconds: from a look-up in memory to a time-out.
var buckets = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// New returns metrics at zero. version is that of the program.
func New(version string) *Set {
	s := &Set{
		registry: prometheus.NewRegistry(),
		requests: counters("tegata_http_requests_total", "Answers, by the pattern of the route.", "route", "method", "status"),
		seconds:  histograms("tegata_http_request_seconds", "Time from the request's head to the end of its handler.", "route", "method"),
		issued:   counters("tegata_issued_total", "What was issued, begun and ended: login, code, token, refresh, channel token, revoke, deauthorize, admin.", "kind"),
		refused:  counters("tegata_refused_total", "Requests that were refused, by error code, or by status where there is none.", "route", "reason"),
		verbs:    histograms("tegata_store_seconds", "Time that the store took for a verb.", "verb"),
		faults:   counters("tegata_store_faults_total", "Verbs of the store that failed by a fault of the store.", "verb"),
		swept:    prometheus.NewCounter(prometheus.CounterOpts{Name: "tegata_swept_records_total", Help: "Expired records that were removed."}),
		sweeps:   counters("tegata_sweeps_total", "Sweeps of expired records, by whether they came to their end.", "result"),
	}
	s.lost = prometheus.NewCounter(prometheus.CounterOpts{Name: "tegata_refusals_forgotten_total", Help: "Refusals that are not in the event log, because there were too many or the store failed."})
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "tegata_build_info", Help: "Always 1; the label says which release runs.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	s.registry.MustRegister(
		s.requests, s.seconds, s.issued, s.refused, s.verbs, s.faults, s.swept, s.sweeps, s.lost, build,
		//lint:ignore SA1019 the package that took their place links database/sql, which the test kit must not
		prometheus.NewGoCollector(), prometheus.NewProcessCollector(prometheus.ProcessCollectorOpts{}),
	)
	return s
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Handler returns the page that Prometheus reads.
func (s *Set) Handler() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Registry: s.registry})
}

// Passwords lets the metrics ask how many passwords are hashed and how many wait. It is
// called once.
func (s *Set) Passwords(load func() (hashing, waiting int)) {
	gauge := func(name, help string, value func() int) {
		s.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
	}
	gauge("tegata_passwords_hashing", "Passwords that are hashed (argon2id) at this moment.", func() int { n, _ := load(); return n })
	gauge("tegata_passwords_waiting", "Logins that wait for their password to be hashed.", func() int { _, n := load(); return n })
}

// routeOf names what no route takes, whose path anybody may choose.
func routeOf(pattern string) string {
	if pattern == "/" {
		return "none"
	}
	return pattern
}

// Noted implements router.Observer.
func (s *Set) Noted(e store.Event) {
	if e.Kind != "refused" {
		s.issued.WithLabelValues(e.Kind).Inc()
		return
	}
	reason := e.Code
	if reason == "" {
		reason = strconv.Itoa(e.Status)
	}
	s.refused.WithLabelValues(routeOf(e.Route), reason).Inc()
}

// Swept counts a sweep and what it removed.
func (s *Set) Swept(records int, err error) {
	s.swept.Add(float64(records))
	result := "done"
	if err != nil {
		result = "failed"
	}
	s.sweeps.WithLabelValues(result).Inc()
}

// Lost counts refusals that are not in the event log.
func (s *Set) Lost(n int) { s.lost.Add(float64(n)) }
