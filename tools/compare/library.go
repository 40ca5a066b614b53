package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// library is one of those compared.
type library struct {
	name string
	// open makes a verifier, once for many tokens. Its error is errNotOffered if the
	// library has nothing for such settings.
	open func(context.Context, setup) (verify, error)
	// keySets says that the library reads JWK Sets, refetches that it fetches them again,
	// and asks that it asks the platform, all without code of the caller.
	keySets, refetches, asks bool
}

// verify returns the user of a token that is let in.
type verify func(ctx context.Context, raw string) (user string, err error)

// setup is what a verifier is made of.
type setup struct {
	wrongtoken.Settings
	net *network
	now func() time.Time
	// askPlatform asks for the platform's word on the user as well; there it says that
	// he has left.
	askPlatform bool
}

// errNotOffered says that a caller would have to write the check himself.
var errNotOffered = errors.New("the library has no such check")

// libraries are those compared, ours first.
var libraries = []library{
	{name: "tegata", open: openTegata, keySets: true, refetches: true, asks: true},
	{name: "golang-jwt", open: openGolangJWT},
	{name: "go-jose", open: openGoJOSE, keySets: true},
	{name: "go-oidc", open: openGoOIDC, keySets: true, refetches: true},
	{name: "jwx", open: openJWX, keySets: true, refetches: true},
}

// certs is where the platform's JWK Set lies, verifyAccess where it is asked about access
// tokens.
const (
	certs        = "https://api.line.me/oauth2/v2.1/certs"
	verifyAccess = "https://api.line.me/oauth2/v2.1/verify"
)

// network has nothing but the JWK Set, and notes who looks for something else.
type network struct {
	mu    sync.Mutex // guards the rest
	set   string
	stray []string
}

func newNetwork(set string) *network { return &network{set: set} }

func (n *network) serve(set string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.set = set
}

// strays returns the addresses that were asked for and are not the JWK Set.
func (n *network) strays() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stray
}

// RoundTrip answers from memory.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	status, body := http.StatusOK, n.set
	switch r.URL.Scheme + "://" + r.URL.Host + r.URL.Path {
	case certs:
	case verifyAccess:
		status, body = http.StatusBadRequest, `{"error":"invalid_request","error_description":"access token expired"}`
	default:
		n.stray = append(n.stray, r.URL.String())
		status, body = http.StatusNotFound, "{}"
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

func (n *network) client() *http.Client { return &http.Client{Transport: n} }

// fetch returns the JWK Set, for the libraries that leave the fetching to the caller.
func (n *network) fetch() []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	return []byte(n.set)
}
