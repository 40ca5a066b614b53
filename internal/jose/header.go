package jose

import (
	"fmt"
	"unicode/utf8"
)

// parseHeader reads the JOSE header. Names that would make the token something
// else than a plain signed one are refused, whatever their value; other unknown
// names are ignored (RFC 7515 section 4).
func parseHeader(text string) (Header, error) {
	var h Header
	err := ScanText(text, func(name string, v Value) error {
		var err error
		switch name {
		case "alg":
			var alg string
			if alg, err = v.String(); err == nil {
				h.Algorithm, err = parseAlgorithm(alg)
			}
		case "kid":
			h.KeyID, err = headerKeyID(v)
		case "typ":
			h.Type, err = headerType(v)
		case "crit", "b64", "jku", "x5u", "x5c", "jwk", "zip", "enc", "cty":
			err = fmt.Errorf("%w: header member %s is refused", ErrMalformed, name)
		}
		return err
	})
	if err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	if h.Algorithm == 0 {
		return Header{}, fmt.Errorf("%w: header has no alg", ErrMalformed)
	}
	return h, nil
}

// headerKeyID refuses the empty kid: it could not be told from an absent one.
func headerKeyID(v Value) (string, error) {
	kid, err := v.String()
	if err != nil {
		return "", err
	}
	if kid == "" || len(kid) > maxKeyID {
		return "", fmt.Errorf("%w: kid of %d bytes", ErrMalformed, len(kid))
	}
	return kid, nil
}

// headerType refuses all but "JWT" (RFC 7519 section 5.1), so that a token of
// another purpose, such as at+jwt, never stands in for an ID token (RFC 8725
// section 3.11).
func headerType(v Value) (string, error) {
	typ, err := v.String()
	if err != nil {
		return "", err
	}
	if typ != "JWT" {
		return "", fmt.Errorf("%w: typ is not JWT", ErrMalformed)
	}
	return typ, nil
}

// encodeHeader returns the header segment with the dot that follows it. The member
// order is the one seen in LINE's ID tokens.
func encodeHeader(kid, typ string, alg Algorithm) (string, error) {
	if !utf8.ValidString(typ) {
		return "", fmt.Errorf("%w: typ is not UTF-8", ErrMalformed)
	}
	text := []byte{'{'}
	if kid != "" {
		text = append(AppendString(append(text, `"kid":`...), kid), ',')
	}
	if typ != "" {
		text = append(AppendString(append(text, `"typ":`...), typ), ',')
	}
	text = append(text, `"alg":"`...)
	text = append(text, alg.String()...)
	text = append(text, `"}`...)
	return b64.EncodeToString(text) + ".", nil
}

// signingInput returns the bytes to be signed, with room for the signature behind.
func signingInput(header string, payload []byte, signatureSize int) []byte {
	room := len(header) + b64.EncodedLen(len(payload)) + 1 + b64.EncodedLen(signatureSize)
	return b64.AppendEncode(append(make([]byte, 0, room), header...), payload)
}

// appendSignature makes a token of what was signed and its signature, and refuses
// one that the other end would refuse for its length.
func appendSignature(signed, signature []byte) (string, error) {
	token := b64.AppendEncode(append(signed, '.'), signature)
	if len(token) > MaxToken {
		return "", fmt.Errorf("%w: token would be longer than %d bytes", ErrMalformed, MaxToken)
	}
	return string(token), nil
}

// checkKeyID says whether kid may name a key; the empty one names none.
func checkKeyID(kid string) error {
	if len(kid) > maxKeyID || !utf8.ValidString(kid) {
		return fmt.Errorf("%w: key ID longer than %d bytes or not UTF-8", ErrKey, maxKeyID)
	}
	return nil
}
