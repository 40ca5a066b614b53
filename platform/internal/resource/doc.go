// Package resource answers what a server asks about a token: both verify endpoints,
// userinfo, profile and friendship.
package resource
