package jose

import "errors"

var (
	// ErrMalformed says that a token, header, JSON text or JWK Set does not have
	// the one form that is accepted.
	ErrMalformed = errors.New("malformed")
	// ErrAlgorithm says that the header names an algorithm that is not supported,
	// or not the one of the key.
	ErrAlgorithm = errors.New("algorithm not accepted")
	// ErrUnknownKey says that the token does not name the key by its key ID.
	ErrUnknownKey = errors.New("token names another key")
	// ErrSignature says that the signature is not valid for this key.
	ErrSignature = errors.New("signature not valid")
	// ErrKey says that a key cannot be used: wrong type, curve, size or use.
	ErrKey = errors.New("unusable key")
)
