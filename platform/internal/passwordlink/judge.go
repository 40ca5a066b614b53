package passwordlink

import (
	"strings"
	"unicode/utf8"

	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/store"
)

const (
	minLength   = 10   // characters
	maxLength   = 1024 // bytes, as many as a login takes
	minDistinct = 5    // different characters
)

// judge says what is wrong with a new password; empty if nothing is. Length counts, and no
// mixture of kinds of characters is demanded (NIST SP 800-63B section 3.1.1.2).
func judge(password, repeat string, p store.Person) page.PasswordError {
	switch {
	case utf8.RuneCountInString(password) < minLength:
		return page.PasswordShort
	case len(password) > maxLength:
		return page.PasswordLong
	case !utf8.ValidString(password) || plain(password, p):
		return page.PasswordPlain
	case password != repeat:
		return page.PasswordDiffer
	}
	return ""
}

// plain says whether a password is what an attacker tries first.
func plain(password string, p store.Person) bool {
	distinct := map[rune]bool{}
	for _, c := range password {
		distinct[c] = true
	}
	if len(distinct) < minDistinct {
		return true
	}
	folded := strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(p.Email), "@")
	for _, known := range []string{strings.ToLower(p.Email), local, strings.ToLower(p.Handle), strings.ToLower(p.DisplayName), "password", "1234567890", "qwertyuiop", "tegata"} {
		// Known words with a few characters around them are tried too.
		if known != "" && strings.Contains(folded, known) && utf8.RuneCountInString(folded)-utf8.RuneCountInString(known) < 4 {
			return true
		}
	}
	return false
}
