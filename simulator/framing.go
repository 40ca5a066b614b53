package simulator

import (
	"slices"
	"strings"
)

// framing is the policy that says what X-Frame-Options said, so that the phone can be let in
// beside it and nobody else; none if a policy says more already, since browsers then look at
// that alone (Content Security Policy Level 3, "Relation to X-Frame-Options").
func framing(option string, policies []string) []string {
	ancestors := func(d directive) bool { return d.name == "frame-ancestors" }
	for _, header := range policies {
		for _, text := range strings.Split(header, ",") {
			if slices.ContainsFunc(parsePolicy(text), ancestors) {
				return nil
			}
		}
	}
	said := map[string]bool{}
	for value := range strings.SplitSeq(strings.ToLower(option), ",") {
		said[strings.TrimSpace(value)] = true
	}
	switch {
	case said["deny"], said["sameorigin"] && len(said) > 1: // as browsers take a contradiction
		return []string{"frame-ancestors 'none'"}
	case said["sameorigin"]:
		return []string{"frame-ancestors 'self'"}
	}
	return nil // browsers know no other value
}
