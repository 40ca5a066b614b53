package wire

// Issuer is the issuer identifier of LINE's own OpenID Provider. The official
// LIFF SDK accepts no other value in an ID token.
const Issuer = "https://access.line.me"

// Host names of LINE's API. One origin of ours serves all of them, since their
// paths do not collide.
const (
	HostAccess        = "access.line.me"
	HostAccessAuto    = "access-auto.line.me"
	HostAPI           = "api.line.me"
	HostLIFF          = "liff.line.me"
	HostMiniApp       = "miniapp.line.me"
	HostLIFFExt       = "liff-ext.line.me"
	HostMiniAppExt    = "miniapp-ext.line.me"
	HostLIFFSubwindow = "liff-subwindow.line.me"
	HostLIFFShortcut  = "liff-shortcut.line.me"
	// The two from which the LIFF SDK loads extensions and texts.
	HostContent    = "static.line-scdn.net"
	HostContentSDK = "liffsdk.line-scdn.net"
)

// Hosts returns every host name of LINE's API that the platform answers under,
// in a new slice.
func Hosts() []string {
	return []string{
		HostAccess, HostAccessAuto, HostAPI, HostLIFF, HostMiniApp,
		HostLIFFExt, HostMiniAppExt, HostLIFFSubwindow, HostLIFFShortcut,
		HostContent, HostContentSDK,
	}
}

// Paths of LINE Login v2.1, by their names in the API reference.
const (
	PathAuthorize     = "/oauth2/v2.1/authorize"
	PathConsent       = "/oauth2/v2.1/authorize/consent" // seen inside returnUri of the native SDKs
	PathLogin         = "/oauth2/v2.1/login"             // entry of the native SDKs
	PathToken         = "/oauth2/v2.1/token"
	PathVerify        = "/oauth2/v2.1/verify"
	PathRevoke        = "/oauth2/v2.1/revoke"
	PathUserinfo      = "/oauth2/v2.1/userinfo"
	PathCerts         = "/oauth2/v2.1/certs"
	PathDiscovery     = "/.well-known/openid-configuration"
	PathProfile       = "/v2/profile"
	PathFriendship    = "/friendship/v1/status"
	PathDeauthorize   = "/user/v1/deauthorize"
	PathTokenKeyIDs   = "/oauth2/v2.1/tokens/kid"
	PathStatelessV3   = "/oauth2/v3/token"
	PathV2AccessToken = "/v2/oauth/accessToken"
	PathV2Verify      = "/v2/oauth/verify"
	PathV2Revoke      = "/v2/oauth/revoke"
)

// Paths of LIFF. Those below PathLIFFRuntime take a LIFF ID and a last segment.
const (
	PathLIFFAuthorize    = "/liff/v1/authorize"
	PathLIFFApps         = "/liff/v1/apps"
	PathLIFFRuntime      = "/liff/v2/apps/"
	SegmentContextToken  = "contextToken"
	SegmentFeatureToken  = "featureToken"
	SegmentOTT           = "ott"
	ParamLIFFState       = "liff.state"
	ParamLIFFReferrer    = "liff.referrer"
	ParamLIFFClientID    = "liffClientId"
	ParamLIFFRedirectURI = "liffRedirectUri"
	ParamLIFFOAuth2Error = "liffOAuth2Error"
)

// Paths that the LIFF SDK calls for its features, as version 2.31.0 has them.
const (
	PathShareMessages           = "/message/v3/share"
	PathSharePicker             = "/oauth2/v2.1/liff/shareTargetPicker"
	PathSharePickerResult       = "/oauth2/v2.1/liff/shareTargetPicker/result"
	PathValidateFriendship      = "/oauth2/v2.1/liff/friendship/validate"
	PathSubWindow               = "/liff/v2/sub/" // followed by a LIFF ID and "origin", or by a verb
	PathSubWindowMessages       = "/liff/v2/sub/messageHandler"
	PathUnauthorizedPermissions = "/liff/v2/incrementalAgreement/unauthorizedPermissions"
	PathAddFriendRateLimit      = "/liff/v2/oaadd/rateLimit"
	PathShortcut                = "/api/shortcut"
)

// HeaderRequestID is the response header that names a request in every answer.
const HeaderRequestID = "X-Line-Request-Id"
