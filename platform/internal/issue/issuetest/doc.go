// Package issuetest is a small world for the tests of the endpoints that servers call:
// a store, keys, channels, people and a router without routes, with ways to get codes
// and tokens that a login would have brought. Which routes there are, and what they
// must answer, is left to the tests of each endpoint package.
package issuetest
