package authorize

import (
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/store"
)

// consentItems are the lines of the consent page, each with what is shared today. The
// user ID that comes with openid is no line of its own. Optional ones are ticked at
// first, as on LINE's form (our choice for LINE Profile+).
func consentItems(scopes []string, p store.Person) []page.ConsentItem {
	var items []page.ConsentItem
	for _, scope := range scopes {
		if scope == oauth2.ScopeOpenID {
			continue
		}
		items = append(items, page.ConsentItem{
			Scope: scope, Value: shared(scope, p), Optional: optional(scope), Checked: optional(scope),
		})
	}
	return items
}

func shared(scope string, p store.Person) string {
	plus := p.ProfilePlus
	switch scope {
	case oauth2.ScopeProfile:
		return p.DisplayName
	case oauth2.ScopeEmail:
		return maskEmail(sharedEmail(p))
	case oauth2.ScopeRealName:
		return join(" ", plus.FamilyName, plus.MiddleName, plus.GivenName)
	case oauth2.ScopeGender:
		return plus.Gender
	case oauth2.ScopeBirthdate:
		return plus.Birthdate
	case oauth2.ScopePhone:
		return maskPhone(plus.PhoneNumber)
	case oauth2.ScopeAddress:
		if a := plus.Address; a != nil {
			return join(", ", a.PostalCode, a.Region, a.Locality, strings.ReplaceAll(a.StreetAddress, "\n", " "), a.Country)
		}
	}
	return ""
}

// sharedEmail is the address that the email scope gives; empty if there is none.
func sharedEmail(p store.Person) string {
	if p.EmailUnshared {
		return ""
	}
	return p.Email
}

func join(separator string, parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, separator)
}

// maskEmail leaves the first character and the domain: h***@example.com. Whoever looks
// over the shoulder learns no address.
func maskEmail(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 1 {
		return ""
	}
	for _, first := range email[:at] {
		return string(first) + "***" + email[at:]
	}
	return ""
}

// maskPhone leaves the last two digits.
func maskPhone(phone string) string {
	if len(phone) < 6 {
		return ""
	}
	return "*** " + phone[len(phone)-2:]
}
