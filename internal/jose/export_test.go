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

// PlainMember reads a member by the short way; next is 0 if that does not take it.
func PlainMember(text string) (name string, v Value, next int) {
	name, next = plainName(text, 0)
	if next == 0 {
		return "", Value{}, 0
	}
	v, next = plainValue(text, next)
	return name, v, next
}

// AnyMember reads a member by the long way.
func AnyMember(text string) (name string, v Value, next int, err error) {
	s := scanner{text: text}
	if name, err = s.name(); err == nil {
		v, err = s.value(1)
	}
	return name, v, s.pos, err
}

// Decode is the reader of segments, with just the room that they need.
func Decode(segment string) ([]byte, bool) {
	data := make([]byte, decodedLen(len(segment)))
	n, ok := decode(data, segment)
	if !ok {
		return nil, false
	}
	return data[:n], true
}
