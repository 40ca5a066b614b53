// Package clienttest tests the built binary with clients that nobody here wrote: the
// official LIFF SDK from npm, unmodified, in a real Chromium; openid-client and
// LINE's bot SDK in Node; Go's oauth2 with go-oidc; LINE's bot SDK for Go.
//
// It owns the harness for them: it builds cmd/tegata once, starts `tegata dev` on
// free ports, reads `tegata env`, and maps LINE's host names to the platform's TLS
// port inside the browser, whose trust is the pin of that one certificate. It imports
// nothing of ours, so that it sees what a user sees. What the platform answers in
// detail is left to the platform's own tests.
//
// The npm packages are installed by name (npm ci in the folder npm) and bundled at
// test time; nothing of them is committed.
package clienttest
