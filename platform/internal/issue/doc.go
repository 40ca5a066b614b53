// Package issue makes codes and tokens and reads them back. It turns a grant into an
// ID token, an access token and a refresh token; it knows the form of opaque tokens,
// who signs what, and how a token that is presented is looked up. Which client may
// have which token is decided by the endpoint packages.
package issue
