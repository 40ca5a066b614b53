// Package mint makes tokens on demand for tests: good ones for any persona, channel,
// time and age, and wrong ones, each of which differs from the good one in the property
// that is asked for and in nothing else. They are made by the issuer itself, and access
// tokens and refresh tokens are real records: they can be presented, refreshed and
// revoked. Who may ask is left to package lab.
package mint
