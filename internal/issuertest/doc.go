// Package issuertest tests the library against OpenID Providers that nobody here wrote:
// oidc-provider and oauth2-mock-server from npm, unmodified, each in a Node process on a free
// port of the loopback interface.
//
// It owns what starts and asks them. That the library takes the tokens of LINE and of our
// own platform is for the tests of these; here it is shown that it agrees with other
// people about what an ID token is. The npm packages are installed by name (npm ci in the
// folder npm); nothing of them is committed.
package issuertest
