// Package idtoken holds LINE's ID token as both ends see it: which claims there
// are, of which types and in which order, and the rules by which they are accepted
// (LINE Login v2.1 API reference, "ID token"; OpenID Connect Core 1.0 section
// 3.1.3.7).
//
// It reads and writes payloads only. Signatures, keys and headers belong to package
// jose; a payload must have been verified there before it is parsed here. Which
// claims a login puts into a token is for the issuer.
package idtoken
