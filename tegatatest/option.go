package tegatatest

import "time"

// Option changes how Start makes a platform.
type Option struct{ apply func(*config) }

type config struct {
	seed          string
	start         time.Time
	issuer        string
	deterministic string
	listen, tls   bool
}

// WithSeed starts with the world of a seed file in YAML instead of the demo world.
func WithSeed(yaml string) Option { return Option{func(c *config) { c.seed = yaml }} }

// WithTime starts with the platform's clock frozen at a time. Clock.Resume lets it run.
func WithTime(at time.Time) Option { return Option{func(c *config) { c.start = at }} }

// WithIssuer sets the issuer: "line" (https://access.line.me, the default), "own" (the
// platform's own URL) or a URL.
func WithIssuer(issuer string) Option { return Option{func(c *config) { c.issuer = issuer }} }

// WithListener opens a port on this machine, for what does not take an http.Client: a
// browser, or another process. Platform.URL is there.
func WithListener() Option { return Option{func(c *config) { c.listen = true }} }

// WithTLS opens a port as WithListener does, with TLS. Platform.Certificate is what
// clients must trust.
func WithTLS() Option { return Option{func(c *config) { c.listen, c.tls = true, true }} }

// WithDeterministic makes keys, IDs and tokens follow from a text: together with
// WithTime, two runs that ask the same get the same bytes.
func WithDeterministic(seed string) Option {
	return Option{func(c *config) { c.deterministic = seed }}
}
