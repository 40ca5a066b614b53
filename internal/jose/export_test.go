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

// Plain is the search for what ends the plain part of a string.
func Plain(text string, pos int) int { return plain(text, pos) }

// PlainMember reads a member by the short way, and says whether it took it.
func PlainMember(text string) (name string, v Value, next int) { return plainMember(text, 0) }

// AnyMember reads a member by the long way.
func AnyMember(text string) (name string, v Value, next int, err error) {
	s := scanner{text: text}
	name, v, err = s.member(1)
	return name, v, s.pos, err
}
