// Package wrongtoken is the list of tokens that a verifier of LINE's ID tokens must
// refuse: forged ones, ones of others, ones in a form that two readers understand
// differently. Each case is a minimal pair: it differs from the good token, which is in
// the list of controls, in the one property that its attack is about.
//
// It owns the list and nothing else. Tokens are put together by hand from text,
// base64, HMAC and ECDSA: neither internal/jose nor anybody's JOSE library has a part
// in them, since a library cannot write what it would refuse to read, and a fault that
// writer and reader share would not be seen. How a verifier is called is left to the
// tests that run the list: those of the root package, and the comparison with other
// libraries under tools.
//
// All of it is for tests. The keys and secrets are in this source; nothing is random
// but one RSA key, so that two runs see the same tokens.
package wrongtoken
