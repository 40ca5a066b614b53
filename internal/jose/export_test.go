package jose

// VerifyBytes runs the verification of Token.Verify on a signing input that need
// not be a token, for vectors that sign arbitrary messages.
func VerifyBytes(k Key, signed, signature []byte) error { return k.verify(string(signed), signature) }

// SecretMark is what redacted keys show.
const SecretMark = redacted

// WithoutKeyID returns the key for tokens that name none.
func WithoutKeyID(k *PublicKey) *PublicKey {
	c := *k
	c.kid = ""
	return &c
}
