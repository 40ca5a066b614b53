package tegatatest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
)

// memoryURL is where a platform without a port is reached, through Transport only.
const memoryURL = "http://tegata.localhost"

// Platform is a running platform. It may be used from many goroutines.
type Platform struct {
	// URL is the base URL of every API and page.
	URL string
	// Issuer is the iss of ID tokens.
	Issuer string
	// Clock is the platform's clock.
	Clock *Clock

	t         testing.TB
	platform  *platform.Platform
	lab       *platform.Laboratory
	store     *memory.Store
	transport *http.Transport
	cert      *x509.Certificate
	world     *control.Env
}

// Start returns a running platform, which stops with the test.
func Start(t testing.TB, options ...Option) *Platform {
	t.Helper()
	cfg := config{issuer: platform.IssuerLINE}
	for _, o := range options {
		o.apply(&cfg)
	}
	p := &Platform{t: t, URL: memoryURL, store: memory.New(memory.Config{})}
	var front *httptest.Server
	if cfg.listen {
		front = httptest.NewUnstartedServer(nil)
		p.URL = "http://" + front.Listener.Addr().String()
		if cfg.tls {
			p.URL = "https://" + front.Listener.Addr().String()
		}
	}
	token := rand.Text()
	if err := p.start(t.Context(), cfg, token); err != nil {
		if front != nil {
			_ = front.Listener.Close() // the test ends with the other error
		}
		t.Fatalf("tegatatest: %v", err)
	}
	p.serve(t)
	if front != nil {
		p.open(t, front, cfg.tls)
	}
	world, err := control.NewClient(p.URL, token).Through(p.transport).Env(t.Context())
	if err != nil {
		t.Fatalf("tegatatest: %v", err)
	}
	p.world = world
	return p
}

// start makes the platform.
func (p *Platform) start(ctx context.Context, cfg config, token string) error {
	key := make([]byte, 32) // what it seals never leaves this process
	sealer, err := platform.NewSealer("test", key)
	if err != nil {
		return err
	}
	seed, err := seedOf(cfg)
	if err != nil {
		return err
	}
	p.platform, err = platform.New(ctx, platform.Config{
		Store: p.store, Sealer: sealer, BaseURL: p.URL, Issuer: cfg.issuer,
		AdminTokens: [][32]byte{sha256.Sum256([]byte(token))},
		Lab:         &platform.Lab{Seed: seed, DemoOrigin: demoOrigin, Deterministic: cfg.deterministic, FrozenAt: cfg.start},
	})
	if err != nil {
		return err
	}
	p.lab = p.platform.Laboratory()
	p.Clock = &Clock{p}
	p.Issuer = issuerOf(cfg.issuer, p.URL)
	return nil
}

// demoOrigin is where the LIFF apps of the demo world are.
const demoOrigin = "http://localhost:4801"

func seedOf(cfg config) (*platform.Seed, error) {
	if cfg.seed == "" {
		return demoSeed()
	}
	return platform.ParseSeed("the seed of WithSeed", []byte(cfg.seed))
}

// demoSeed is parsed once for all platforms of a process, which only read it.
var demoSeed = sync.OnceValues(platform.DefaultSeed)

// serve lets the transport reach the platform, by connections inside this process.
func (p *Platform) serve(t testing.TB) {
	l := newListener()
	server := &http.Server{Handler: p.platform.Public(), ReadHeaderTimeout: time.Minute}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) }) // ends with ErrServerClosed
	p.transport = &http.Transport{
		DialContext:         p.dial(l),
		DialTLSContext:      p.dial(l),
		MaxIdleConnsPerHost: 64,
	}
	t.Cleanup(func() {
		p.transport.CloseIdleConnections()
		err := server.Close()
		serving.Wait()
		if err := errors.Join(err, p.platform.Close()); err != nil {
			t.Errorf("tegatatest: stop the platform: %v", err)
		}
	})
}

// open serves on the port too.
func (p *Platform) open(t testing.TB, front *httptest.Server, secure bool) {
	front.Config.Handler = p.platform.Public()
	if secure {
		front.StartTLS()
		p.cert = front.Certificate()
	} else {
		front.Start()
	}
	t.Cleanup(front.Close)
}

// dial returns what connects to the platform, by its own name or one of LINE's. Every
// other name is refused: a test must not reach out of itself by accident.
func (p *Platform) dial(l *listener) func(ctx context.Context, network, addr string) (net.Conn, error) {
	_, own, _ := strings.Cut(p.URL, "://")
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("address %q: %w", addr, err)
		}
		if addr != own && host != own && !lineHost(host) {
			return nil, fmt.Errorf("tegatatest: %s is not the platform, which is at %s: ask others through another http.Client", addr, p.URL)
		}
		return l.connect(ctx)
	}
}

// Transport returns what reaches the platform without a port: under Platform.URL and
// under LINE's own host names, such as https://api.line.me, so that code which knows only
// those can be tested as it is. It reaches nothing else.
func (p *Platform) Transport() http.RoundTripper { return p.transport }

// Client returns a new client with Transport, without cookies. It follows no redirects,
// since those of a login lead out of the platform.
func (p *Platform) Client() *http.Client {
	return &http.Client{
		Transport:     p.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Certificate returns the certificate of the port of WithTLS; nil without it.
func (p *Platform) Certificate() *x509.Certificate { return p.cert }
