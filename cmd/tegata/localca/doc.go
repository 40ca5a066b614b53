// Package localca keeps the local certificate authority: the one that may be installed, on
// this machine and on a phone, so that both trust what `tegata dev --lan` serves by TLS. Its
// certificate bounds what it can vouch for to localhost and private addresses, so whoever
// steals its key cannot be LINE to anybody. It leaves installing to package trust, and the
// authority for LINE's names, which is never written or installed, to `tegata dev`.
package localca
