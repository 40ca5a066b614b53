package control

// Endpoints that a fault can be about, by the names that Fault.Endpoint takes.
const (
	EndpointAuthorize   = "authorize"
	EndpointLIFF        = "liff-authorize"
	EndpointLogin       = "login"
	EndpointConsent     = "consent"
	EndpointToken       = "token"
	EndpointVerify      = "verify"
	EndpointUserinfo    = "userinfo"
	EndpointProfile     = "profile"
	EndpointFriendship  = "friendship"
	EndpointCerts       = "certs"
	EndpointDiscovery   = "discovery"
	EndpointRevoke      = "revoke"
	EndpointDeauthorize = "deauthorize"
	EndpointLIFFApps    = "liff-apps"
	EndpointContext     = "context-token"
	EndpointFeature     = "feature-token"
	EndpointLIFFURL     = "liff-url"
)

// Effects of a fault.
const (
	EffectStatus     = "status"      // Status with LINE's error body
	EffectLatency    = "latency"     // the answer comes Delay later
	EffectReset      = "reset"       // the connection is broken off, without an answer
	EffectTruncate   = "truncate"    // half of the body, then the connection is broken off
	EffectSlowBody   = "slow-body"   // the body trickles in, within Delay
	EffectJWKRotated = "jwk-rotated" // certs: a JWK Set without the keys that sign
	EffectJWKBad     = "jwk-bad"     // certs: the JWK Set, with a key in front that is none
	EffectSkew       = "skew"        // the platform's clock is off by Delay, for everybody
)

// Named troubles: what LINE's own users run into.
const (
	TroubleAutoLogin    = "autologin-failure" // the callback gets an invalid code and a foreign state, until disable_auto_login=true
	TroubleStaleIDToken = "stale-id-token"    // the token endpoint hands out an ID token that expired an hour ago
	TroubleClosedLIFF   = "closed-liff"       // access tokens that LIFF apps got until now are revoked
	TroubleMinimised    = "minimised-liff"    // two hours pass: access tokens of LIFF apps are good, their ID tokens stale
	TroubleDenied       = "consent-denied"    // whoever consents is taken to have cancelled
	TroubleEmailRefused = "email-refused"     // whoever consents is taken to have unticked the e-mail address
	TroubleBlocked      = "blocked-friend"    // the user has blocked the channel's LINE Official Account
	TroubleDeveloping   = "developing-channel"
	TroubleOtherBrowser = "other-browser" // the cookies of the browser that began the login are lost
	TroubleVerifyOutage = "verify-outage" // both verify endpoints answer 503
	TroubleJWKOutage    = "jwk-outage"    // certs answers 503
	TroubleRateLimit    = "rate-limit"    // every endpoint answers 429
	TroubleKeysRotated  = "keys-rotated"  // ID tokens are signed by a key that nobody has fetched yet
)

// Fault is a rule that makes some answers go wrong. Which ones: those of Endpoint, about
// Channel and User, where an empty field means any; of these the Nth, or each with
// Probability, but Times at most. The answers of the admin and lab APIs never.
type Fault struct {
	ID string `json:"id,omitempty"` // given by the platform
	// Effect is what goes wrong: one of the Effect constants, or a named trouble.
	Effect   string   `json:"effect"`
	Status   int      `json:"status,omitempty"`  // of EffectStatus; 0: 500
	Code     string   `json:"code,omitempty"`    // of EffectStatus: error, at the OAuth endpoints; empty: by Status
	Message  string   `json:"message,omitempty"` // of EffectStatus: error_description or message; empty: by Status
	Delay    Duration `json:"delay,omitzero"`
	Endpoint string   `json:"endpoint,omitempty"`
	Channel  string   `json:"channel,omitempty"` // ID
	User     string   `json:"user,omitempty"`    // handle
	Nth      int      `json:"nth,omitempty"`     // only the nth that matches, counted from 1; 0: every one
	Times    int      `json:"times,omitempty"`   // at most so many; 0: no end
	// Probability is that of each answer that matches; 0: always. Which ones follows from
	// Seed alone: the same rule goes wrong at the same answers in every run.
	Probability float64 `json:"probability,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`
	Hits        int     `json:"hits"` // answers touched; counted by the platform
}

// Faults is the answer of GET /_tegata/lab/v1/faults: the rules in force, in the order
// in which they were made.
type Faults struct {
	Faults []Fault `json:"faults"`
}

// Trigger is the body of POST /_tegata/lab/v1/troubles/NAME: whom the trouble befalls.
type Trigger struct {
	Channel string `json:"channel,omitempty"` // ID; empty: any, or the first one
	User    string `json:"user,omitempty"`    // handle; empty: any, or the first persona
	Times   int    `json:"times,omitempty"`   // for troubles that are rules; 0: until cleared
}

// Triggered says what a trouble has become: rules that are now in force, or a change of
// the state, which `reset` undoes.
type Triggered struct {
	Name   string  `json:"name"`
	Faults []Fault `json:"faults,omitempty"`
	Change string  `json:"change,omitempty"`
}

// Trouble is a named trouble and what it means.
type Trouble struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Troubles is the answer of GET /_tegata/lab/v1/troubles.
type Troubles struct {
	Troubles []Trouble `json:"troubles"`
}
