package control

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// Paths of the part of the lab API by which a simulated LIFF browser works.
const (
	PathLIFF           = "/_tegata/lab/v1/liff"            // GET: LIFFWorld
	PathLIFFLaunches   = "/_tegata/lab/v1/liff/launches"   // POST; below it an ID: GET, and POST of a segment
	PathLIFFShares     = "/_tegata/lab/v1/liff/shares"     // POST
	PathLIFFSubWindows = "/_tegata/lab/v1/liff/subwindows" // below it an msit: GET, POST
	PathLIFFServed     = "/_tegata/lab/v1/liff/served"     // POST
	SegmentClose       = "/close"
	SegmentFriend      = "/friend"
	SegmentGrant       = "/grant"
)

// LIFFWorld is what a LIFF browser can open, and as whom.
type LIFFWorld struct {
	Apps   []LIFFWorldApp    `json:"apps"`
	People []LIFFWorldPerson `json:"people"`
}

// LIFFWorldApp is a LIFF app of LIFFWorld. View is compact, tall or full. Origins are
// further origins at which development serves the app.
type LIFFWorldApp struct {
	LIFFID      string   `json:"liffId"`
	ChannelID   string   `json:"channelId"`
	ChannelName string   `json:"channelName"`
	Description string   `json:"description"`
	EndpointURL string   `json:"endpointUrl"`
	Origins     []string `json:"origins"`
	View        string   `json:"view"`
	ModuleMode  bool     `json:"moduleMode"`
	QRCode      bool     `json:"qrCode"`
	Scopes      []string `json:"scopes"`
	BotID       string   `json:"botId"` // of the linked LINE Official Account; empty: none
	BotName     string   `json:"botName"`
}

// LIFFWorldPerson is somebody who can be logged in. Friends are the IDs of the linked
// official accounts whose friend the person is.
type LIFFWorldPerson struct {
	Handle   string   `json:"handle"`
	Name     string   `json:"name"`
	Picture  string   `json:"picture"`
	Email    string   `json:"email"`
	Note     string   `json:"note"`
	Language string   `json:"language"`
	Friends  []string `json:"friends"`
}

// LIFFLaunchRequest opens a LIFF app in a LIFF browser. What may be empty says so.
type LIFFLaunchRequest struct {
	LIFFID string `json:"liffId"`
	Person string `json:"person"` // handle
	// Scopes are those that the person grants; nil means all of the app's.
	Scopes *[]string `json:"scopes,omitempty"`
	// Chat is where the app is opened from: none (also when empty), utou, group or room.
	// ChatID is the chat's; empty: one of the platform's making, the same at every launch.
	Chat   string `json:"chat,omitempty"`
	ChatID string `json:"chatId,omitempty"`
	// Friend makes the person a friend of the linked official account, or not; nil leaves
	// that as it is.
	Friend *bool  `json:"friend,omitempty"`
	View   string `json:"view,omitempty"`   // compact, tall or full; empty: the app's
	Origin string `json:"origin,omitempty"` // one of the app's; empty: the endpoint URL's
	// Rest is what follows the LIFF ID in the LIFF URL: path, query and fragment.
	Rest string `json:"rest,omitempty"`
	// ConsentWindow lets the app ask for scopes that the person has not granted
	// (liff.permission.requestAll()), as LINE's channel consent simplification does.
	ConsentWindow bool `json:"consentWindow,omitempty"`
	// HeaderColor is the background of the header in menuColorSetting, as #rrggbb; empty:
	// LINE's. AdaptsToDark says that the app has colours for the dark scheme, too.
	HeaderColor  string `json:"headerColor,omitempty"`
	AdaptsToDark bool   `json:"adaptsToDark,omitempty"`
	// SubWindow is the msit of the sub window that is to be opened; empty: none.
	SubWindow string `json:"subWindow,omitempty"`
}

// LIFFLaunch is an app that has been opened. URL carries the tokens in its fragment, as
// LINE's LIFF browser hands them over.
type LIFFLaunch struct {
	ID          string          `json:"id"`
	LIFFID      string          `json:"liffId"`
	ChannelID   string          `json:"channelId"`
	UserID      string          `json:"userId"`
	URL         string          `json:"url"`
	EndpointURL string          `json:"endpointUrl"`
	AccessToken string          `json:"accessToken"`
	IDToken     string          `json:"idToken"` // empty without the scope openid
	Scopes      []string        `json:"scopes"`  // granted
	Context     json.RawMessage `json:"context"`
	ExpiresAt   time.Time       `json:"expiresAt"` // of the access token
}

// LIFFLaunchState is how an open app stands.
type LIFFLaunchState struct {
	ID       string            `json:"id"`
	ClosedAt time.Time         `json:"closedAt,omitzero"`
	Messages []json.RawMessage `json:"messages"` // that it sent into its chat, in order
}

// LIFFClosed is the answer of a close. RevokedAt is when the access token was revoked:
// no request begun since the answer is accepted. Zero: it was kept.
type LIFFClosed struct {
	RevokedAt time.Time `json:"revokedAt,omitzero"`
}

// LIFFCloseRequest says how an app is closed. Keep is LINE's newer rule for apps that can
// be resumed: the token lives on.
type LIFFCloseRequest struct {
	Keep bool `json:"keep"`
}

// LIFFFriendRequest makes the person of a launch a friend of the linked account, or not.
type LIFFFriendRequest struct {
	Friend bool `json:"friend"`
}

// LIFFGrantRequest grants more scopes to an open app. It is answered by a LIFFLaunch with
// new tokens and without a URL; those from before live until the app is closed.
type LIFFGrantRequest struct {
	Scopes []string `json:"scopes"`
}

// LIFFShareRequest ends a share target picker. Chats are the names of those chosen; none
// means that the user cancelled.
type LIFFShareRequest struct {
	OneTimeToken string   `json:"ott"`
	Chats        []string `json:"chats"`
}

// LIFFSubWindow is a sub window that an app asks for.
type LIFFSubWindow struct {
	MSIT       string          `json:"msit"`
	MainLIFFID string          `json:"mainLiffId"`
	LIFFID     string          `json:"liffId"`
	AppData    json.RawMessage `json:"appData"`
}

// LIFFSubWindowResult ends a sub window: Status is submit, cancel or close.
type LIFFSubWindowResult struct {
	Status string          `json:"status"`
	Result json.RawMessage `json:"result,omitempty"`
}

// LIFFServedRequest says at which further origins development serves an app.
type LIFFServedRequest struct {
	LIFFID  string   `json:"liffId"`
	Origins []string `json:"origins"`
}

// LIFF returns what a LIFF browser can open. Errors are as those of Env, here and below.
func (c *Client) LIFF(ctx context.Context) (*LIFFWorld, error) {
	return ask[LIFFWorld](ctx, c, http.MethodGet, PathLIFF, nil)
}

// Launch opens a LIFF app in a LIFF browser.
func (c *Client) Launch(ctx context.Context, r LIFFLaunchRequest) (*LIFFLaunch, error) {
	return ask[LIFFLaunch](ctx, c, http.MethodPost, PathLIFFLaunches, r)
}

// LaunchState says how an open app stands.
func (c *Client) LaunchState(ctx context.Context, id string) (*LIFFLaunchState, error) {
	return ask[LIFFLaunchState](ctx, c, http.MethodGet, PathLIFFLaunches+"/"+url.PathEscape(id), nil)
}

// CloseLaunch closes an app. When it returns, the access token is revoked.
func (c *Client) CloseLaunch(ctx context.Context, id string, r LIFFCloseRequest) (*LIFFClosed, error) {
	return ask[LIFFClosed](ctx, c, http.MethodPost, PathLIFFLaunches+"/"+url.PathEscape(id)+SegmentClose, r)
}

// Befriend makes the person of a launch a friend of the linked official account, or not.
func (c *Client) Befriend(ctx context.Context, id string, friend bool) error {
	return c.call(ctx, http.MethodPost, PathLIFFLaunches+"/"+url.PathEscape(id)+SegmentFriend, LIFFFriendRequest{friend}, nil)
}

// Grant grants more scopes to an open app.
func (c *Client) Grant(ctx context.Context, id string, r LIFFGrantRequest) (*LIFFLaunch, error) {
	return ask[LIFFLaunch](ctx, c, http.MethodPost, PathLIFFLaunches+"/"+url.PathEscape(id)+SegmentGrant, r)
}

// Share ends a share target picker.
func (c *Client) Share(ctx context.Context, r LIFFShareRequest) error {
	return c.call(ctx, http.MethodPost, PathLIFFShares, r, nil)
}

// SubWindow returns the sub window of an msit.
func (c *Client) SubWindow(ctx context.Context, msit string) (*LIFFSubWindow, error) {
	return ask[LIFFSubWindow](ctx, c, http.MethodGet, PathLIFFSubWindows+"/"+url.PathEscape(msit), nil)
}

// EndSubWindow ends a sub window in place of its app.
func (c *Client) EndSubWindow(ctx context.Context, msit string, r LIFFSubWindowResult) error {
	return c.call(ctx, http.MethodPost, PathLIFFSubWindows+"/"+url.PathEscape(msit), r, nil)
}

// Serve says at which further origins development serves an app.
func (c *Client) Serve(ctx context.Context, r LIFFServedRequest) error {
	return c.call(ctx, http.MethodPost, PathLIFFServed, r, nil)
}

// MoveClock changes the platform's clock.
func (c *Client) MoveClock(ctx context.Context, change ClockChange) (*Clock, error) {
	return ask[Clock](ctx, c, http.MethodPost, PathLabClock, change)
}

// PlatformClock says what the platform's clock says.
func (c *Client) PlatformClock(ctx context.Context) (*Clock, error) {
	return ask[Clock](ctx, c, http.MethodGet, PathLabClock, nil)
}
