package control

import "time"

// Paths of the admin API.
const (
	PathEnv    = "/_tegata/admin/v1/env"
	PathEvents = "/_tegata/admin/v1/events"
)

// Env is everything that a developer's own program needs to talk to a running
// `tegata dev`: where it is, and its channels, LIFF apps and users. It holds secrets
// of the demo world. ChannelID, ChannelSecret and LIFFID are the first of theirs.
type Env struct {
	BaseURL       string `json:"baseUrl"`
	TLSURL        string `json:"tlsUrl"`
	TLSSPKI       string `json:"tlsSpki"`  // base64 of the SHA-256 of the certificate's SPKI
	TLSCAPEM      string `json:"tlsCaPem"` // certificate authority of the TLS port, this run's only
	Issuer        string `json:"issuer"`
	ChannelID     string `json:"channelId"`
	ChannelSecret string `json:"channelSecret"`
	LIFFID        string `json:"liffId"`
	// SimulatorURL is the page with the phone; empty: none is served.
	SimulatorURL string `json:"simulatorUrl"`

	Channels []EnvChannel `json:"channels"`
	LIFFApps []EnvLIFFApp `json:"liffApps"`
	Users    []EnvUser    `json:"users"`
}

// EnvChannel is a channel of Env.
type EnvChannel struct {
	ChannelID     string   `json:"channelId"`
	ChannelSecret string   `json:"channelSecret"`
	ProviderID    string   `json:"providerId"`
	Name          string   `json:"name"`
	Status        string   `json:"status"` // developing or published
	CallbackURLs  []string `json:"callbackUrls"`
}

// EnvLIFFApp is a LIFF app of Env. URL is its LIFF URL. ServedOrigins are the origins at
// which development serves the app too, with the simulator's script in front.
type EnvLIFFApp struct {
	LIFFID      string `json:"liffId"`
	EndpointURL string `json:"endpointUrl"`
	URL         string `json:"url"`
	ChannelID   string `json:"channelId"`
	Description string `json:"description"`

	ServedOrigins []string `json:"servedOrigins"`
}

// EnvUser is a persona of Env. UserID is the user ID under the first channel's
// provider; UserIDs has that of each provider. Password is empty if the seed gave
// only its hash.
type EnvUser struct {
	Handle   string            `json:"handle"`
	Email    string            `json:"email"`
	Password string            `json:"password"`
	UserID   string            `json:"userId"`
	UserIDs  map[string]string `json:"userIds"`
}

// Event is something that happened on the platform.
type Event struct {
	Seq       int64     `json:"seq"`
	Time      time.Time `json:"time"`
	RequestID string    `json:"requestId"`
	Kind      string    `json:"kind"`
	Route     string    `json:"route"`
	Status    int       `json:"status,omitempty"`
	ChannelID string    `json:"channelId,omitempty"`
	PersonID  string    `json:"personId,omitempty"`
	Code      string    `json:"code,omitempty"`
	Message   string    `json:"message,omitempty"`
	Check     string    `json:"check,omitempty"`
	Given     string    `json:"given,omitempty"`
	Expected  string    `json:"expected,omitempty"`
	Fix       string    `json:"fix,omitempty"`
}

// Events is the answer of GET /_tegata/admin/v1/events. With request=ID it holds
// that request's events, else those after the sequence number after=N, or after the one
// that leaves last=N numbers, at most 200. If there are none, the answer comes with the
// next ones, or after wait=N seconds, at most 5.
type Events struct {
	Events []Event `json:"events"`
}

// Error is an error of this API.
type Error struct {
	Status    int    `json:"-"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Fix       string `json:"fix"`
	RequestID string `json:"requestId"`
}

// Error returns the message and what to do.
func (e *Error) Error() string {
	if e.Fix == "" {
		return e.Message
	}
	return e.Message + "; " + e.Fix
}
