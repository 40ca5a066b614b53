// Package forwarded finds out who calls when a proxy stands in between: the address in
// X-Forwarded-For and the scheme in X-Forwarded-Proto are believed if a proxy that the
// operator trusts has sent them, and never else. It leaves to others what to do with the
// address.
package forwarded
