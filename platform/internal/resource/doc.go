// Package resource answers what a server asks about a token: both verify endpoints,
// userinfo, profile and friendship. It reads tokens through package issue and changes
// nothing; ending tokens is left to package revoke.
package resource
