package wire

// LIFFView is the view member of a LIFF app: Type is compact, tall or full.
type LIFFView struct {
	Type       string `json:"type"`
	URL        string `json:"url"`
	ModuleMode bool   `json:"moduleMode"`
}

// LIFFFeatures is the features member of a LIFF app.
type LIFFFeatures struct {
	BLE    bool `json:"ble"`
	QRCode bool `json:"qrCode"`
}

// LIFFApp is one element of the answer of GET /liff/v1/apps.
type LIFFApp struct {
	LIFFID               string       `json:"liffId"`
	View                 LIFFView     `json:"view"`
	Description          string       `json:"description"`
	Features             LIFFFeatures `json:"features"`
	PermanentLinkPattern string       `json:"permanentLinkPattern"`
	Scope                []string     `json:"scope"`
	BotPrompt            string       `json:"botPrompt"`
}

// LIFFApps is the answer of GET /liff/v1/apps.
type LIFFApps struct {
	Apps []LIFFApp `json:"apps"`
}

// LIFFCreated is the answer of POST /liff/v1/apps.
type LIFFCreated struct {
	LIFFID string `json:"liffId"`
}

// LIFFViewChange is LIFFView in a request: a nil member was not given.
type LIFFViewChange struct {
	Type       *string `json:"type,omitempty"`
	URL        *string `json:"url,omitempty"`
	ModuleMode *bool   `json:"moduleMode,omitempty"`
}

// LIFFFeaturesChange is LIFFFeatures in a request: a nil member was not given.
type LIFFFeaturesChange struct {
	BLE    *bool `json:"ble,omitempty"`
	QRCode *bool `json:"qrCode,omitempty"`
}

// LIFFChange is the body of POST /liff/v1/apps and PUT /liff/v1/apps/{liffId}.
// A nil member was not given: PUT leaves it as it is, POST takes LINE's default.
type LIFFChange struct {
	View                 *LIFFViewChange     `json:"view,omitempty"`
	Description          *string             `json:"description,omitempty"`
	Features             *LIFFFeaturesChange `json:"features,omitempty"`
	PermanentLinkPattern *string             `json:"permanentLinkPattern,omitempty"`
	Scope                *[]string           `json:"scope,omitempty"`
	BotPrompt            *string             `json:"botPrompt,omitempty"`
}

// ContextTokenResponse is the answer of GET /liff/v2/apps/{liffId}/contextToken.
type ContextTokenResponse struct {
	ContextToken string `json:"contextToken"`
}

// FeatureTokenResponse is the answer of GET /liff/v2/apps/{liffId}/featureToken.
type FeatureTokenResponse struct {
	FeatureToken string `json:"featureToken"`
}

// OneTimeTokenResponse is the answer of GET /liff/v2/apps/{liffId}/ott.
type OneTimeTokenResponse struct {
	OneTimeToken string `json:"ott"`
}

// ShareResult is the answer of the result endpoint of the share target picker. An empty
// Result means that the user has not decided yet.
type ShareResult struct {
	Result      string `json:"result,omitempty"` // SUCCESS or CANCEL
	Description string `json:"resultDescription,omitempty"`
}

// ShareCancelled is the answer when the app reports that the picker was closed.
type ShareCancelled struct {
	Status string `json:"status"`
}

// SubWindowOrigin is the answer of GET /liff/v2/sub/{liffId}/origin.
type SubWindowOrigin struct {
	Origin       string `json:"origin"`
	CommonModule bool   `json:"subwindowCommonModule"`
}

// FriendshipValidity is the answer of POST /oauth2/v2.1/liff/friendship/validate.
type FriendshipValidity struct {
	Valid bool             `json:"valid"`
	Error *FriendshipFault `json:"error,omitempty"`
}

// FriendshipFault says why a friendship cannot be asked for.
type FriendshipFault struct {
	Code    string `json:"code"` // INVALID_TEMPLATE_ID, BOT_NOT_RESOLVED or BOT_MODULE_UNAVAILABLE
	Message string `json:"message"`
}

// ShortcutResponse is the answer of GET /api/shortcut.
type ShortcutResponse struct {
	PageURL string `json:"shortcutPageUrl"`
}
