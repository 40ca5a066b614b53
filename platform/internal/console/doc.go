// Package console is the admin API: what operators and the command line ask of a
// running platform. Requests carry an admin token; there is no CORS, and requests
// that come from a page of another site, or under a host name that is not ours (DNS
// rebinding), are refused before the token is looked at.
package console
