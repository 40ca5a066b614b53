package fault

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// kind says of an effect where it can befall an answer, and which fields of a rule it
// looks at.
type kind struct {
	at            []string // endpoints; none: all
	status, delay bool
}

// kinds are the effects of rules; those of named troubles that change the state are in
// changes.
var kinds = map[string]kind{
	control.EffectStatus:     {status: true},
	control.EffectLatency:    {delay: true},
	control.EffectReset:      {},
	control.EffectTruncate:   {},
	control.EffectSlowBody:   {delay: true},
	control.EffectJWKRotated: {at: []string{control.EndpointCerts}},
	control.EffectJWKBad:     {at: []string{control.EndpointCerts}},
	control.EffectSkew:       {delay: true},

	control.TroubleAutoLogin:    {at: []string{control.EndpointAuthorize, control.EndpointLIFF, control.EndpointLogin, control.EndpointConsent}},
	control.TroubleStaleIDToken: {at: []string{control.EndpointToken}},
	control.TroubleDenied:       {at: []string{control.EndpointConsent}},
	control.TroubleEmailRefused: {at: []string{control.EndpointConsent}},
	control.TroubleOtherBrowser: {at: []string{control.EndpointLogin, control.EndpointConsent}},
}

// check says what is wrong with a rule, and fills in what it leaves open.
func check(f *control.Fault) error {
	k, ok := kinds[f.Effect]
	if !ok {
		return bad(fmt.Sprintf("effect %q", f.Effect), "give one of "+strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	}
	delay := time.Duration(f.Delay)
	switch {
	case !k.status && (f.Status != 0 || f.Code != "" || f.Message != ""):
		return bad(f.Effect+" has no status, code or message", "leave them out, or take the effect status")
	case !k.delay && delay != 0:
		return bad(f.Effect+" has no delay", "leave it out, or take latency or slow-body")
	case k.delay && delay == 0:
		return bad(f.Effect+" without a delay", "give delay, such as \"3s\"")
	case f.Effect != control.EffectSkew && (delay < 0 || delay > maxDelay):
		return bad(fmt.Sprintf("a delay of %v", delay), "give at most 5m")
	case f.Effect == control.EffectSkew && delay.Abs() > 366*24*time.Hour:
		return bad(fmt.Sprintf("a skew of %v", delay), "give at most a year, or jump the clock")
	case f.Effect == control.EffectSkew && (f.Endpoint != "" || f.Channel != "" || f.User != "" || f.Nth != 0 || f.Times != 0 || f.Probability != 0):
		return bad("a clock is one for everybody", "leave out all but delay")
	case f.Nth < 0 || f.Times < 0 || f.Probability < 0 || f.Probability > 1:
		return bad("nth, times or probability is out of range", "count from 1, and give a probability between 0 and 1")
	}
	if err := checkEndpoint(f, k); err != nil {
		return err
	}
	return checkStatus(f, k)
}

func checkEndpoint(f *control.Fault, k kind) error {
	switch {
	case f.Endpoint == "":
	case strings.HasPrefix(f.Endpoint, "/") && len(k.at) == 0:
	case !slices.Contains(endpointNames(), f.Endpoint):
		return bad(fmt.Sprintf("endpoint %q", f.Endpoint), "give one of "+strings.Join(endpointNames(), ", ")+", or the beginning of a path for other effects than troubles")
	case len(k.at) > 0 && !slices.Contains(k.at, f.Endpoint):
		return bad(f.Effect+" does not befall "+f.Endpoint, "leave endpoint out, or give "+strings.Join(k.at, ", "))
	}
	return nil
}

func checkStatus(f *control.Fault, k kind) error {
	if !k.status {
		return nil
	}
	if f.Status == 0 {
		f.Status = http.StatusInternalServerError
	}
	if f.Status < 400 || f.Status > 599 {
		return bad(fmt.Sprintf("status %d", f.Status), "give one between 400 and 599")
	}
	return nil
}

// atEndpoint says whether a rule is about the endpoint of a request.
func (r *rule) atEndpoint(a *asked) bool {
	if at := kinds[r.Effect].at; len(at) > 0 && !slices.Contains(at, a.endpoint) {
		return false
	}
	if strings.HasPrefix(r.Endpoint, "/") {
		return strings.HasPrefix(a.r.URL.Path, r.Endpoint)
	}
	return r.Endpoint == "" || r.Endpoint == a.endpoint
}
