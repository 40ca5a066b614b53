package oauth2

import (
	"slices"
	"strings"
)

// Scopes that a request may name. ChatMessageWrite is set on a LIFF app, never in
// a URL.
const (
	ScopeProfile          = "profile"
	ScopeOpenID           = "openid"
	ScopeEmail            = "email"
	ScopeRealName         = "real_name"
	ScopeGender           = "gender"
	ScopeBirthdate        = "birthdate"
	ScopePhone            = "phone"
	ScopeAddress          = "address"
	ScopeChatMessageWrite = "chat_message.write"
)

// ProfilePlusScopes returns the scopes of LINE Profile+, in a new slice.
func ProfilePlusScopes() []string {
	return []string{ScopeRealName, ScopeGender, ScopeBirthdate, ScopePhone, ScopeAddress}
}

// ParseScope splits a scope parameter at spaces; repeated names count once.
func ParseScope(s string) []string {
	var scopes []string
	for name := range strings.FieldsSeq(s) {
		if !slices.Contains(scopes, name) {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

// FormatScope joins scopes as LINE's answers do: by spaces, without email, which
// they never list.
func FormatScope(scopes []string) string {
	var b strings.Builder
	for _, s := range scopes {
		if s == ScopeEmail {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}
