package liffapp

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// liffContext is the payload of a context token, with the members of LINE's that the
// SDK reads.
type liffContext struct {
	Type                 string                  `json:"type"`
	UToUID               string                  `json:"utouId,omitempty"`
	RoomID               string                  `json:"roomId,omitempty"`
	GroupID              string                  `json:"groupId,omitempty"`
	ViewType             string                  `json:"viewType,omitempty"`
	UserID               string                  `json:"userId,omitempty"`
	LIFFID               string                  `json:"liffId"`
	EndpointURL          string                  `json:"endpointUrl"`
	AccessTokenHash      string                  `json:"accessTokenHash,omitempty"`
	Availability         map[string]availability `json:"availability"`
	Scope                []string                `json:"scope"`
	MenuColorSetting     menuColors              `json:"menuColorSetting"`
	MiniDomainAllowed    bool                    `json:"miniDomainAllowed"`
	PermanentLinkPattern string                  `json:"permanentLinkPattern"`
	UTSTracking          utsTracking             `json:"utsTracking"`
}

type availability struct {
	Permission bool   `json:"permission"`
	MinVer     string `json:"minVer"`
}

type menuColors struct {
	AdaptableColorSchemes []string          `json:"adaptableColorSchemes"`
	LightModeColor        map[string]string `json:"lightModeColor,omitempty"`
	DarkModeColor         map[string]string `json:"darkModeColor,omitempty"`
}

type utsTracking struct {
	Mode string `json:"mode"`
}

// availabilityOf says which features the SDK may offer. Two stay off in an ordinary browser:
// with multipleLiffTransition the SDK would jump to a scheme of LINE's app, and with
// skipChannelVerificationScreen to a LIFF app of LINE's own. The versions are LINE's.
// The share target picker and sub windows need a Lab.
func (e *Endpoints) availabilityOf() map[string]availability {
	return map[string]availability{
		"shareTargetPicker":             {e.Lab != nil, "10.3.0"},
		"multipleLiffTransition":        {false, "10.18.0"},
		"subwindowOpen":                 {e.Lab != nil, "11.7.0"},
		"scanCodeV2":                    {false, "11.7.0"},
		"skipChannelVerificationScreen": {false, "11.14.0"},
	}
}

// serveContext answers GET /liff/v2/apps/{liffId}/contextToken, which the SDK asks for
// before any login and again with the access token. A token that is not good, or of
// another channel, is refused, so that an app never starts with somebody else's.
func (e *Endpoints) serveContext(w http.ResponseWriter, r *http.Request) error {
	app, err := e.app(r)
	if err != nil {
		return err
	}
	c := liffContext{
		Type: "external", LIFFID: app.ID, EndpointURL: endpointFor(app, r), Availability: e.availabilityOf(),
		Scope: app.Scopes, MenuColorSetting: menuColors{AdaptableColorSchemes: []string{"light"}},
		PermanentLinkPattern: app.PermanentLinkPattern, UTSTracking: utsTracking{Mode: "none"},
	}
	if c.Scope == nil {
		c.Scope = []string{}
	}
	if header := r.Header.Get("Authorization"); header != "" {
		t, err := e.userOf(r, app)
		if err != nil {
			return err
		}
		if open := e.Lab.openedNow(t); open != nil {
			c = open.context // in a LIFF browser it is what the browser handed over
		}
		_, raw, _ := strings.Cut(header, " ")
		c.UserID, c.AccessTokenHash = t.UserID, tokenHash(raw)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("context: %w", err)
	}
	token, err := e.Issue.SignContext(ascii(payload))
	if err != nil {
		return fmt.Errorf("context: %w", err)
	}
	return router.WriteJSON(w, wire.ContextTokenResponse{ContextToken: token})
}

// tokenHash is the accessTokenHash of a context: the first half of the SHA-256.
func tokenHash(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// userOf returns the request's access token, which must be of the app's channel.
func (e *Endpoints) userOf(r *http.Request, app store.LIFFApp) (store.AccessToken, error) {
	t, err := e.Issue.Bearer(r, "")
	if err != nil {
		return store.AccessToken{}, err
	}
	if t.ChannelID != app.ChannelID {
		return store.AccessToken{}, foreignToken(t.ChannelID, app.ChannelID)
	}
	return t, nil
}

// ascii writes what is not ASCII in a JSON text as \u escapes: the SDK decodes the
// context token byte by byte.
func ascii(data []byte) []byte {
	var b strings.Builder
	for _, r := range string(data) {
		switch {
		case r < 0x80:
			b.WriteByte(byte(r))
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r>>10), 0xDC00+(r&0x3FF))
		}
	}
	return []byte(b.String())
}

// endpointFor returns the endpoint URL at the origin through which the app was opened:
// in development an app may be served at another origin than its endpoint URL's, and
// then links and redirects must stay there.
func endpointFor(app store.LIFFApp, r *http.Request) string {
	origin := r.Header.Get("Origin")
	if ref, err := url.Parse(r.Referer()); origin == "" && err == nil {
		origin = ref.Scheme + "://" + ref.Host
	}
	if !slices.Contains(app.ServedOrigins, origin) {
		return app.EndpointURL
	}
	u, err := url.Parse(app.EndpointURL)
	if err != nil {
		return app.EndpointURL
	}
	return strings.TrimSuffix(origin, "/") + u.RequestURI()
}
