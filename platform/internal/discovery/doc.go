// Package discovery answers the provider metadata (OpenID Connect Discovery 1.0) and
// the JWK Set. Both are the same for everybody, and scripts of any origin may read
// them.
package discovery
