// Package jose is the signature core of both ends: it signs and verifies JWS
// compact tokens (RFC 7515) with ES256 and HS256, verifies RS256 for client
// assertions, and reads and writes JWKs and JWK Sets (RFC 7517).
//
// It is strict and has no switch that makes it less so. Exactly three segments,
// base64url without padding, unused bits or white space; signatures of exactly the
// length of their algorithm; headers read by a JSON scanner that refuses duplicate
// members and compares names with exact case. A payload cannot be reached before
// its signature was verified, and the algorithm is that of the key, which the
// caller chose: a header that says otherwise is refused.
//
// Headers that carry crit, b64, jku, x5u, x5c, jwk, zip, enc or cty are refused:
// nothing here is extended, dereferenced, compressed, encrypted or nested. Other
// unknown header members are ignored, as RFC 7515 section 4 demands.
//
// The package knows nothing of claims (package idtoken), of where keys live, of
// fetching or caching JWK Sets, or of time.
package jose
