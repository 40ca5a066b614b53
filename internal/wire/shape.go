package wire

// TokenResponse is the answer of POST /oauth2/v2.1/token ("Issue access token").
// ExpiresIn is in seconds. RefreshToken and IDToken are left out when empty.
// Scope is separated by spaces and never lists email.
type TokenResponse struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int64  `json:"expires_in"`
	IDToken      string `json:"id_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
}

// ChannelTokenResponse is the answer that issues a channel access token.
// ExpiresIn is in seconds. KeyID is set for tokens of v2.1 only.
type ChannelTokenResponse struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
	TokenType   string `json:"token_type"`
	KeyID       string `json:"key_id,omitempty"`
}

// KeyIDsResponse is the answer of GET /oauth2/v2.1/tokens/kid.
type KeyIDsResponse struct {
	KeyIDs []string `json:"kids"`
}

// VerifyResponse is the answer of GET /oauth2/v2.1/verify ("Verify access token
// validity"). ExpiresIn is in seconds. It names no user.
type VerifyResponse struct {
	Scope     string `json:"scope"`
	ClientID  string `json:"client_id"`
	ExpiresIn int64  `json:"expires_in"`
}

// Profile is the answer of GET /v2/profile ("Get user profile").
type Profile struct {
	UserID        string `json:"userId"`
	DisplayName   string `json:"displayName"`
	PictureURL    string `json:"pictureUrl,omitempty"`
	StatusMessage string `json:"statusMessage,omitempty"`
}

// Userinfo is the answer of /oauth2/v2.1/userinfo. Name and Picture need the
// profile scope.
type Userinfo struct {
	Subject string `json:"sub"`
	Name    string `json:"name,omitempty"`
	Picture string `json:"picture,omitempty"`
}

// Friendship is the answer of GET /friendship/v1/status. FriendFlag is true if
// the user is a friend of the linked LINE Official Account and has not blocked it.
type Friendship struct {
	FriendFlag bool `json:"friendFlag"`
}

// DeauthorizeRequest is the body of POST /user/v1/deauthorize.
type DeauthorizeRequest struct {
	UserAccessToken string `json:"userAccessToken"`
}

// Discovery is the OpenID Provider metadata (OpenID Connect Discovery 1.0), with
// the members that LINE publishes first, in LINE's order.
type Discovery struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	ScopesSupported       []string `json:"scopes_supported"`
	JWKSURI               string   `json:"jwks_uri"`
	ResponseTypes         []string `json:"response_types_supported"`
	SubjectTypes          []string `json:"subject_types_supported"`
	IDTokenAlgs           []string `json:"id_token_signing_alg_values_supported"`
	CodeChallengeMethods  []string `json:"code_challenge_methods_supported"`
	ResponseModes         []string `json:"response_modes_supported,omitempty"`
	GrantTypes            []string `json:"grant_types_supported,omitempty"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported,omitempty"`
}
