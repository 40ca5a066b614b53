package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// MaxInput is the longest text in bytes that Read looks into.
const MaxInput = 64 << 10

// Read takes a token out of what somebody pasted: white space around it, quotes, and the
// words of an Authorization header go. The error says what is wrong and never shows the
// text.
func Read(text string) (string, error) {
	if len(text) > MaxInput {
		return "", fmt.Errorf("the text has more than %d bytes; tokens are shorter", MaxInput)
	}
	token := strings.TrimSpace(text)
	for _, quote := range []string{`"`, "'", "`"} {
		if rest, ok := strings.CutPrefix(token, quote); ok {
			if inner, ok := strings.CutSuffix(rest, quote); ok {
				token = strings.TrimSpace(inner)
				break
			}
		}
	}
	for _, word := range []string{"authorization:", "bearer "} {
		if len(token) >= len(word) && strings.EqualFold(token[:len(word)], word) {
			token = strings.TrimSpace(token[len(word):])
		}
	}
	if token == "" || strings.EqualFold(token, "bearer") {
		return "", errors.New("there is no token: the text is empty")
	}
	if at := strings.IndexFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }); at >= 0 {
		return "", fmt.Errorf("the text is no token: byte %d is a blank, a line break or no ASCII; was it copied from a terminal that wraps lines?", at+1)
	}
	return token, nil
}

// KindOf guesses whether a token is an ID token or an access token. Both of LINE's look like
// a JWS; the payload of an access token is no JSON.
func KindOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) < 3 {
		return KindAccessToken
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	header, herr := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	if (err != nil || !strings.HasPrefix(string(payload), "{")) && herr == nil && string(header) == `{"alg":"HS256"}` {
		return KindAccessToken
	}
	return KindIDToken
}

// IsAccessToken says whether a token may be sent to a platform as an access token: an ID
// token must not, since the verify endpoint takes tokens in the URL.
func IsAccessToken(token string) bool { return otherKind(token) == "" }

// otherKind names a token that is no access token of a user.
func otherKind(token string) string {
	if KindOf(token) == KindIDToken {
		return "an ID token, which has no place in a URL"
	}
	for prefix, name := range map[string]string{
		"tgr_": "a refresh token, which only gets new access tokens", "tgc_": "an authorization code, which only gets tokens",
		"tgm_": "a channel access token, which is about a channel and no user", "tgf_": "a feature token of a LIFF app",
		"tgadm_": "an admin token, which should not be shown to anything but tegata",
	} {
		if strings.HasPrefix(token, prefix) {
			return name
		}
	}
	return ""
}
