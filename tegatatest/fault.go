package tegatatest

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// What can go wrong with an answer.
const (
	Status     = control.EffectStatus     // Fault.Status with LINE's error body
	Latency    = control.EffectLatency    // comes Fault.Delay later
	Reset      = control.EffectReset      // the connection is broken off, without an answer
	Truncate   = control.EffectTruncate   // half of the body, then the connection is broken off
	SlowBody   = control.EffectSlowBody   // the body trickles in, within Fault.Delay
	JWKRotated = control.EffectJWKRotated // a JWK Set without the keys that sign
	JWKBad     = control.EffectJWKBad     // the JWK Set, with a key in front that is none
	Skew       = control.EffectSkew       // the platform's clock is off by Fault.Delay
)

// Named troubles: what LINE's own users run into.
const (
	AutoLoginFailure  = control.TroubleAutoLogin    // invalid code and foreign state at the callback
	StaleIDToken      = control.TroubleStaleIDToken // the token endpoint hands out an expired ID token
	ClosedLIFF        = control.TroubleClosedLIFF   // access tokens that LIFF apps got until now are revoked
	MinimisedLIFF     = control.TroubleMinimised    // two hours pass: access tokens of LIFF apps are good, their ID tokens stale
	ConsentDenied     = control.TroubleDenied       // whoever consents is taken to have cancelled
	EmailRefused      = control.TroubleEmailRefused // whoever consents is taken to have unticked the e-mail address
	BlockedFriend     = control.TroubleBlocked      // the user has blocked the LINE Official Account
	DevelopingChannel = control.TroubleDeveloping   // the channel is Developing, the user has no role
	OtherBrowser      = control.TroubleOtherBrowser // the cookies of the login pages are lost
	VerifyOutage      = control.TroubleVerifyOutage // verify answers 503
	JWKOutage         = control.TroubleJWKOutage    // certs answers 503
	RateLimit         = control.TroubleRateLimit    // every endpoint answers 429
	KeysRotated       = control.TroubleKeysRotated  // a key signs that nobody has fetched
)

// Fault says which answers go wrong, and how. Which ones: those of Endpoint, about Channel
// and User, where an empty field means any; of these the Nth, or each with Probability,
// but Times at most.
type Fault struct {
	// Effect is what goes wrong: one of the constants, also a named trouble.
	Effect   string
	Endpoint string // such as token, verify, profile, certs, or the beginning of a path
	Channel  string // ID
	User     string // handle
	Status   int    // of Status; 0: 500
	Code     string // of Status: error at the OAuth endpoints; empty: by Status
	Message  string // of Status: error_description or message; empty: by Status
	Delay    time.Duration
	Nth      int // only the nth that matches, counted from 1; 0: every one
	Times    int // at most so many; 0: no end
	// Probability is that of each answer that matches; 0: always. Which ones follows from
	// Seed alone.
	Probability float64
	Seed        uint64
}

// Fault puts a fault in force and returns what ends it. A named trouble that changes the
// state, such as BlockedFriend, happens at once and is not ended by that.
func (p *Platform) Fault(f Fault) (end func()) {
	p.t.Helper()
	ctx := context.Background()
	rule := control.Fault{
		Effect: f.Effect, Endpoint: f.Endpoint, Channel: f.Channel, User: f.User, Status: f.Status, Code: f.Code, Message: f.Message,
		Delay: control.Duration(f.Delay), Nth: f.Nth, Times: f.Times, Probability: f.Probability, Seed: f.Seed,
	}
	var made []control.Fault
	if p.lab.IsTrouble(f.Effect) {
		done, err := p.lab.Trigger(ctx, f.Effect, control.Trigger{Channel: f.Channel, User: f.User, Times: f.Times})
		if err != nil {
			p.t.Fatalf("tegatatest: %v", err)
		}
		made = done.Faults
	} else {
		one, err := p.lab.AddFault(ctx, rule)
		if err != nil {
			p.t.Fatalf("tegatatest: %v", err)
		}
		made = []control.Fault{one}
	}
	return func() {
		for _, one := range made {
			_ = p.lab.RemoveFault(one.ID) // Reset may have ended it before
		}
	}
}

// Request is something that the platform was asked.
type Request struct {
	Endpoint string // such as token, verify, profile, certs; empty: of no known duty
	Method   string
	Path     string
	// Params are those of query and form. Secrets and tokens are replaced by their length.
	Params    map[string]string
	Status    int // 0: the connection was broken off
	RequestID string
	Faults    []string // the effects of the faults that befell the answer
	Time      time.Time
}

// Requests returns what the platform was asked at one endpoint, or, if that is empty, at
// all of LINE's API, the oldest first. The last 4096 are remembered.
func (p *Platform) Requests(endpoint string) []Request {
	var all []Request
	for _, r := range p.lab.Requests(0, endpoint).Requests {
		all = append(all, Request{
			Endpoint: r.Endpoint, Method: r.Method, Path: r.Path, Params: r.Params, Status: r.Status,
			RequestID: r.RequestID, Faults: r.Faults, Time: r.Time,
		})
	}
	return all
}
