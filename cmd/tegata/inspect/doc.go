// Package inspect explains a token: it makes every check that a server must make, in order,
// and says of each what it found, what it wanted, why it fails and what skipping it costs.
// It reads tokens by the same strict parsers as the library, so that the two do not
// disagree; a token is called valid only if every check that makes it so was made.
//
// Where keys and expectations come from, and asking a platform, is left to package tokencmd.
package inspect
