// Package revoke ends tokens: revocation by an app's server, and deauthorization,
// which withdraws a user's consent to a channel with everything issued from it.
package revoke
