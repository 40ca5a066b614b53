// Package login finds out who somebody is: by password, by a persona of development,
// or by the SSO session of the browser. It owns password hashes, the limit on
// attempts, the session cookie and the amr values. It leaves to package authorize
// what a channel may learn of that person, and every page.
package login
