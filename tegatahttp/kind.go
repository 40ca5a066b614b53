package tegatahttp

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// kind is a kind of token, in the words of RFC 6749 and OpenID Connect.
type kind string

const (
	kindIDToken     kind = "id_token"
	kindAccessToken kind = "access_token"
)

const (
	// maxLook is the longest text in bytes that is looked at; no token is longer.
	maxLook = 16 << 10
	// minOpaque is the shortest text in bytes that is taken for an access token; what
	// is shorter can be guessed.
	minOpaque = 20
)

var (
	errWantIDToken     = errors.New("tegatahttp: something like an access token where an ID token is wanted")
	errWantAccessToken = errors.New("tegatahttp: something like an ID token where an access token is wanted")
)

// foreign refuses a token that is of the other kind by its look, nil if it is not. It
// proves nothing of what it lets through. Its use is to name the mistake, and to keep ID
// tokens from the platform's endpoint for access tokens, which takes them in the URL, where
// they are logged.
func (k kind) foreign(raw string) *refusal {
	var err error
	switch {
	case k == kindIDToken && isAccessToken(raw):
		err = errWantIDToken
	case k == kindAccessToken && isIDToken(raw):
		err = errWantAccessToken
	default:
		return nil
	}
	return &refusal{status: http.StatusUnauthorized, code: invalidToken, reason: "wrong_kind", err: err}
}

// isIDToken says whether raw looks like a JWT. Three segments do not suffice: LINE's access
// tokens have three as well, and JSON in the first. Their second one is opaque.
func isIDToken(raw string) bool {
	_, payload, ok := segments(raw)
	return ok && isObject(payload)
}

// isAccessToken says whether raw looks like an access token: three segments, of which
// only the first is JSON, or a long one that is opaque.
func isAccessToken(raw string) bool {
	if len(raw) > maxLook {
		return false
	}
	header, payload, ok := segments(raw)
	switch {
	case ok && strings.HasPrefix(payload, "eyJ"): // {" in base64url: spares good ID tokens the rest
		return false
	case ok:
		return isObject(header) && !isObject(payload)
	}
	return len(raw) >= minOpaque && !strings.Contains(raw, ".") && !isObject(raw)
}

// segments returns the first two of three.
func segments(raw string) (header, payload string, ok bool) {
	if len(raw) > maxLook {
		return "", "", false
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	return header, payload, ok && !strings.Contains(signature, ".")
}

// isObject says whether a segment is base64url of a JSON object.
func isObject(segment string) bool {
	data, err := base64.RawURLEncoding.DecodeString(segment)
	data = bytes.TrimLeft(data, " \t\r\n")
	return err == nil && len(data) > 0 && data[0] == '{' && json.Valid(data)
}
