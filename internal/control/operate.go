package control

import "time"

// Paths of the admin API's own tokens and of the key ring.
const (
	PathTokens        = "/_tegata/admin/v1/tokens"
	PathKeys          = "/_tegata/admin/v1/keys"
	PathKeysRotate    = "/_tegata/admin/v1/keys/rotate"
	PathKeysRotateMAC = "/_tegata/admin/v1/keys/rotate-mac"
	PathKeysRewrap    = "/_tegata/admin/v1/keys/rewrap"
)

// Paths of the management listener that need no token.
const (
	PathLive    = "/livez"
	PathReady   = "/readyz" // ?verbose names each check
	PathMetrics = "/metrics"
)

// AdminToken is a token of this API. Token itself is in the answer that made it only.
type AdminToken struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Token     string     `json:"token,omitempty"`
	Once      bool       `json:"once,omitempty"` // good for making one other token
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"` // nil: does not expire
	Expired   bool       `json:"expired,omitempty"`
}

// AdminTokens is a list of admin tokens.
type AdminTokens struct {
	Tokens []AdminToken `json:"tokens"`
}

// AdminTokenRequest asks for an admin token.
type AdminTokenRequest struct {
	Name        string `json:"name"`
	LifeSeconds int64  `json:"lifeSeconds"` // zero: does not expire
}

// Key is a key of the ring, without the key itself.
type Key struct {
	KeyID     string     `json:"keyId"`
	Use       string     `json:"use"`   // id_token, context or token_mac
	State     string     `json:"state"` // next, current, retired
	CreatedAt time.Time  `json:"createdAt"`
	ActiveAt  *time.Time `json:"activeAt,omitempty"`
	RetiredAt *time.Time `json:"retiredAt,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// Keys is the key ring. RotatableAt is when the next signing key has been published for
// long enough to sign.
type Keys struct {
	Version     int64     `json:"version"`
	RotatableAt time.Time `json:"rotatableAt"`
	Keys        []Key     `json:"keys"`
}

// Rewrapped says what a rewrap sealed anew under the first master key.
type Rewrapped struct {
	MasterKey string `json:"masterKey"` // ID of the key
	Keys      int    `json:"keys"`
	Channels  int    `json:"channels"`
	Current   int    `json:"current"` // what was sealed under it already
}
