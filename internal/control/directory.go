package control

import "time"

// Paths of what operators make and change. One record is at the path, a slash and its ID.
const (
	PathProviders = "/_tegata/admin/v1/providers"
	PathChannels  = "/_tegata/admin/v1/channels"
	PathLIFFApps  = "/_tegata/admin/v1/liff-apps" // ?channel=ID lists one channel's
	PathUsers     = "/_tegata/admin/v1/users"     // ?after=ID&limit=N lists the next ones

	// SegmentSecrets below a channel rotates its secret; SegmentLinks below a user makes
	// a link to set a password; SegmentSessions ends the user's sessions.
	//
	// PathPassword is the page of such a link, on the public side; its secret follows.
	PathPassword    = "/_tegata/password/"
	SegmentSecrets  = "/secrets"
	SegmentLinks    = "/links"
	SegmentSessions = "/sessions"
)

// Provider is the company or person that owns channels. User IDs are per provider.
type Provider struct {
	ProviderID string `json:"providerId"`
	Name       string `json:"name"`
}

// Providers is a list of providers.
type Providers struct {
	Providers []Provider `json:"providers"`
}

// ProviderChange makes or changes a provider. What is nil stays, or is chosen when it is
// made. ProviderID may be given only then.
type ProviderChange struct {
	ProviderID *string `json:"providerId,omitempty"`
	Name       *string `json:"name,omitempty"`
}

// Channel is a LINE Login channel. ChannelSecret is in the answer that made it only.
type Channel struct {
	ChannelID     string            `json:"channelId"`
	ChannelSecret string            `json:"channelSecret,omitempty"`
	ProviderID    string            `json:"providerId"`
	Name          string            `json:"name"`
	Description   string            `json:"description"`
	Status        string            `json:"status"`   // developing or published
	AppTypes      []string          `json:"appTypes"` // web, mobile
	CallbackURLs  []string          `json:"callbackUrls"`
	NativeApps    []string          `json:"nativeApps"`
	Scopes        []string          `json:"scopes"` // permissions beyond openid and profile
	Roles         map[string]string `json:"roles"`  // by user ID of the admin API: admin, tester or member
	BotID         string            `json:"botId"`
	BotName       string            `json:"botName"`
	IDTokenAlg    string            `json:"idTokenAlg"` // ES256, HS256, or empty by LINE's rule
	PrivacyURL    string            `json:"privacyUrl"`
	TermsURL      string            `json:"termsUrl"`
	Secrets       []SecretInfo      `json:"secrets"` // the newest first
	CreatedAt     time.Time         `json:"createdAt"`
}

// SecretInfo says when a channel secret was made, and when it ends, if it does.
type SecretInfo struct {
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// Channels is a list of channels.
type Channels struct {
	Channels []Channel `json:"channels"`
}

// ChannelChange makes or changes a channel. What is nil stays, or gets its default when
// the channel is made. ChannelID may be given only then.
type ChannelChange struct {
	ChannelID    *string            `json:"channelId,omitempty"`
	ProviderID   *string            `json:"providerId,omitempty"`
	Name         *string            `json:"name,omitempty"`
	Description  *string            `json:"description,omitempty"`
	Status       *string            `json:"status,omitempty"`
	AppTypes     *[]string          `json:"appTypes,omitempty"`
	CallbackURLs *[]string          `json:"callbackUrls,omitempty"`
	NativeApps   *[]string          `json:"nativeApps,omitempty"`
	Scopes       *[]string          `json:"scopes,omitempty"`
	Roles        *map[string]string `json:"roles,omitempty"` // by user ID, handle or e-mail address
	BotID        *string            `json:"botId,omitempty"`
	BotName      *string            `json:"botName,omitempty"`
	IDTokenAlg   *string            `json:"idTokenAlg,omitempty"`
	PrivacyURL   *string            `json:"privacyUrl,omitempty"`
	TermsURL     *string            `json:"termsUrl,omitempty"`
}

// SecretRotation asks for a new channel secret. The old one stays good for GraceSeconds,
// at most 30 days.
type SecretRotation struct {
	GraceSeconds int64 `json:"graceSeconds"`
}

// NewSecret is a channel secret, shown once.
type NewSecret struct {
	ChannelID     string     `json:"channelId"`
	ChannelSecret string     `json:"channelSecret"`
	OldUntil      *time.Time `json:"oldUntil,omitempty"` // when the old one ends
}

// LIFFApp is a LIFF app. URL is its LIFF URL.
type LIFFApp struct {
	LIFFID      string    `json:"liffId"`
	ChannelID   string    `json:"channelId"`
	URL         string    `json:"url"`
	EndpointURL string    `json:"endpointUrl"`
	Description string    `json:"description"`
	View        string    `json:"view"` // compact, tall or full
	Scopes      []string  `json:"scopes"`
	BotPrompt   string    `json:"botPrompt"` // none, normal or aggressive
	ModuleMode  bool      `json:"moduleMode"`
	QRCode      bool      `json:"qrCode"`
	CreatedAt   time.Time `json:"createdAt"`
}

// LIFFApps is a list of LIFF apps.
type LIFFApps struct {
	LIFFApps []LIFFApp `json:"liffApps"`
}

// LIFFAppChange makes or changes a LIFF app. What is nil stays, or gets its default when
// the app is made. ChannelID must be given then, and only then.
type LIFFAppChange struct {
	ChannelID   *string   `json:"channelId,omitempty"`
	EndpointURL *string   `json:"endpointUrl,omitempty"`
	Description *string   `json:"description,omitempty"`
	View        *string   `json:"view,omitempty"`
	Scopes      *[]string `json:"scopes,omitempty"`
	BotPrompt   *string   `json:"botPrompt,omitempty"`
	ModuleMode  *bool     `json:"moduleMode,omitempty"`
	QRCode      *bool     `json:"qrCode,omitempty"`
}

// User is somebody who can log in. ID names the person in this API only: apps know the
// person by the user ID of their provider, which UserIDs has for each provider whose app
// the person has used.
type User struct {
	ID            string            `json:"id"`
	Handle        string            `json:"handle"`
	Email         string            `json:"email"`
	EmailUnshared bool              `json:"emailUnshared"` // for logging in only: apps see none
	Name          string            `json:"name"`
	Picture       string            `json:"picture"`
	StatusMessage string            `json:"statusMessage"`
	Language      string            `json:"language"`
	HasPassword   bool              `json:"hasPassword"`
	UserIDs       map[string]string `json:"userIds,omitempty"` // by provider; not in lists
	CreatedAt     time.Time         `json:"createdAt"`
}

// Users is a part of the list of users. Next is what to give as after for the next part;
// empty means that this was the last one.
type Users struct {
	Users []User `json:"users"`
	Next  string `json:"next,omitempty"`
}

// UserChange makes or changes a user. What is nil stays, or is empty when the user is
// made.
type UserChange struct {
	Handle        *string `json:"handle,omitempty"`
	Email         *string `json:"email,omitempty"`
	EmailUnshared *bool   `json:"emailUnshared,omitempty"`
	Name          *string `json:"name,omitempty"`
	Picture       *string `json:"picture,omitempty"`
	StatusMessage *string `json:"statusMessage,omitempty"`
	Language      *string `json:"language,omitempty"`
}

// LinkRequest asks for a link by which somebody sets a password.
type LinkRequest struct {
	LifeSeconds int64 `json:"lifeSeconds"` // zero: 24 hours; at most 30 days
}

// PasswordLink is a link by which somebody sets a password, once. It is shown once.
type PasswordLink struct {
	UserID    string    `json:"id"` // ID of the User
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Deleted is the answer of a removal. One that touches much is done in steps: until Done,
// it is to be asked for again.
type Deleted struct {
	Done bool `json:"done"`
	// Withdrawn is how many consents this step took back.
	Withdrawn int `json:"withdrawn,omitempty"`
}
