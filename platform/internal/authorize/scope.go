package authorize

import (
	"slices"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// readScope reads the scopes of a URL.
func (a *ask) readScope(p oauth2.Params) *oauth2.Error {
	scope := p.Get("scope")
	if len(scope) > maxScope {
		return badScope("length of scope", "", "at most 1024 bytes", "ask for the scopes of LINE Login only")
	}
	a.req.Scopes = oauth2.ParseScope(scope)
	if len(a.req.Scopes) == 0 {
		return missing("scope", "send scope=profile%20openid, or one of the two")
	}
	if slices.Contains(a.req.Scopes, oauth2.ScopeChatMessageWrite) {
		return badScope("chat_message.write is asked in a URL", scope, "scopes of LINE Login",
			"set chat_message.write on the LIFF app; a URL cannot ask for it")
	}
	if !slices.Contains(a.req.Scopes, oauth2.ScopeProfile) && !slices.Contains(a.req.Scopes, oauth2.ScopeOpenID) {
		return badScope("scope has neither profile nor openid", scope, "profile or openid among the scopes", "add profile or openid to scope")
	}
	return allowedScopes(a.channel, a.req.Scopes)
}

// allowedScopes says whether a channel may ask for these scopes.
func allowedScopes(c store.Channel, scopes []string) *oauth2.Error {
	for _, scope := range scopes {
		switch scope {
		case oauth2.ScopeProfile, oauth2.ScopeOpenID, oauth2.ScopeChatMessageWrite:
			continue
		}
		if !optional(scope) {
			return badScope("unknown scope", scope, "profile, openid, email, real_name, gender, birthdate, phone, address",
				"remove this scope; those inside LINE are not offered")
		}
		if !slices.Contains(scopes, oauth2.ScopeOpenID) {
			return badScope("scope "+scope+" without openid", strings.Join(scopes, " "), "openid beside "+scope, "add openid to scope")
		}
		if !slices.Contains(c.Scopes, scope) {
			return badScope("channel "+c.ID+" has no permission for scope "+scope, scope,
				"a scope that the channel may ask for: "+strings.Join(c.Scopes, " "),
				"apply for the permission in the channel's settings, or remove the scope")
		}
	}
	return nil
}

// optional says whether a scope may be declined while the rest is given: the e-mail
// address and LINE Profile+.
func optional(scope string) bool {
	return scope == oauth2.ScopeEmail || slices.Contains(oauth2.ProfilePlusScopes(), scope)
}
