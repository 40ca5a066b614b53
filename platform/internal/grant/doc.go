// Package grant is the token endpoint, one file per grant_type, and the endpoints
// that issue channel access tokens. It decides which client may have which token;
// package issue makes it.
package grant
