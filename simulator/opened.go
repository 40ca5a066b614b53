package simulator

import (
	"bytes"
	"strings"
	"sync"

	"github.com/tegata-id/tegata/internal/control"
)

// maxOpened is how many launches a Simulator remembers.
const maxOpened = 50

// opened are the launches of this page, with their tokens: by them the page knows which
// request of an app carries which token.
type opened struct {
	mu       sync.Mutex
	launches []launched // guarded by mu: the oldest first
}

// launched is one of them.
type launched struct {
	control.LIFFLaunch
	person string
	closed bool
}

func newOpened() *opened { return &opened{} }

func (o *opened) add(l launched) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.launches) >= maxOpened {
		o.launches = o.launches[1:]
	}
	o.launches = append(o.launches, l)
}

// renew adds the new tokens of a launch that is known.
func (o *opened) renew(l control.LIFFLaunch) {
	o.mu.Lock()
	person := ""
	for _, old := range o.launches {
		if old.ID == l.ID {
			person = old.person
		}
	}
	o.mu.Unlock()
	o.add(launched{LIFFLaunch: l, person: person})
}

func (o *opened) close(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.launches {
		if o.launches[i].ID == id {
			o.launches[i].closed = true
		}
	}
}

// Names of the tokens that a request may carry.
const (
	accessToken = "access token"
	idToken     = "ID token"
)

// tokenIn names the tokens of launches that a request carries; empty: none.
func (o *opened) tokenIn(k *kept) string {
	l, which := o.carried(k)
	if l == nil {
		return ""
	}
	return strings.Join(which, " and ")
}

// carried returns the launch whose tokens a request carries, the newest first.
func (o *opened) carried(k *kept) (*launched, []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := len(o.launches) - 1; i >= 0; i-- {
		l := o.launches[i]
		var which []string
		if k.has(l.AccessToken) {
			which = append(which, accessToken)
		}
		if k.has(l.IDToken) {
			which = append(which, idToken)
		}
		if which != nil {
			return &l, which
		}
	}
	return nil, nil
}

// has says whether a request carries a token, in a header, its URL or its body.
func (k *kept) has(token string) bool {
	if token == "" {
		return false
	}
	for _, values := range k.header {
		for _, v := range values {
			if strings.Contains(v, token) {
				return true
			}
		}
	}
	return strings.Contains(k.path, token) || bytes.Contains(k.body, []byte(token))
}

// with returns the request with tokens replaced.
func (k *kept) with(replace *strings.Replacer) *kept {
	out := *k
	out.header = map[string][]string{}
	for name, values := range k.header {
		for _, v := range values {
			out.header[name] = append(out.header[name], replace.Replace(v))
		}
	}
	out.path = replace.Replace(k.path)
	out.body = []byte(replace.Replace(string(k.body)))
	return &out
}
