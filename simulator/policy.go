package simulator

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// What the proxy has to loosen in development, and why.
const (
	whyScript  = "the script in front of the app is a file of the app's own origin"
	whyConnect = "the LIFF SDK talks to the platform in place of LINE's hosts"
	whyFrame   = "the phone shows the app in a frame"
	whyPicture = "pictures of users come from the platform"
	whyLINE    = "what the policy takes from LINE's hosts comes from the platform"
	whyPlain   = "a browser that takes it asks every port of this host by TLS from then on, and most have none"
	whyBus     = "sub windows send messages through a hidden page of the platform"
)

var nonceSource = regexp.MustCompile(`^'nonce-([A-Za-z0-9+/_=-]+)'$`)

// directive is one directive of a content security policy.
type directive struct {
	name    string
	sources []string
}

func parsePolicy(text string) []directive {
	var out []directive
	for _, part := range strings.Split(text, ";") {
		words := strings.Fields(part)
		if len(words) > 0 {
			out = append(out, directive{strings.ToLower(words[0]), words[1:]})
		}
	}
	return out
}

func writePolicy(policy []directive) string {
	parts := make([]string, len(policy))
	for i, d := range policy {
		parts[i] = strings.Join(append([]string{d.name}, d.sources...), " ")
	}
	return strings.Join(parts, "; ")
}

// amend loosens the headers of a page as far as development needs, notes what it did, and
// returns the nonce that the script must carry, if the app's policy demands one.
func (p *proxy) amend(h http.Header) (nonce string) {
	values := h.Values("Content-Security-Policy")
	if v := strings.Join(h.Values("X-Frame-Options"), ","); v != "" {
		h.Del("X-Frame-Options")
		instead := framing(v, values)
		values = append(slices.Clip(values), instead...)
		p.note(note{"X-Frame-Options", v, strings.Join(instead, ""), whyFrame})
	}
	h.Del("Content-Security-Policy")
	for _, header := range values {
		// A header may hold several policies, joined by commas.
		for _, text := range strings.Split(header, ",") {
			policy, used := p.amendPolicy(parsePolicy(text))
			if used != "" {
				nonce = used
			}
			if len(policy) > 0 {
				h.Add("Content-Security-Policy", writePolicy(policy))
			}
		}
	}
	return nonce
}

func (p *proxy) amendPolicy(policy []directive) (out []directive, nonce string) {
	platform := p.platform
	for _, need := range []struct{ name, fallback, source, why string }{
		{"script-src-elem", "script-src", "'self'", whyScript},
		{"connect-src", "default-src", "'self'", whyScript},
		{"connect-src", "default-src", platform, whyConnect},
		{"img-src", "default-src", platform, whyPicture},
		{"frame-src", "child-src", platform, whyBus},
		{"form-action", "", platform, whyBus},
		{"frame-ancestors", "", platform, whyFrame},
	} {
		policy = p.allow(policy, need.name, need.fallback, need.source, need.why)
	}
	for _, d := range policy {
		if slices.ContainsFunc(d.sources, ofLINE) {
			policy = p.allow(policy, d.name, d.name, platform, whyLINE)
		}
	}
	for _, name := range []string{"script-src-elem", "script-src", "default-src"} {
		if i := slices.IndexFunc(policy, func(d directive) bool { return d.name == name }); i >= 0 {
			for _, s := range policy[i].sources {
				if m := nonceSource.FindStringSubmatch(s); m != nil {
					return policy, m[1]
				}
			}
			break
		}
	}
	return policy, ""
}

// ofLINE says whether a source of a policy is a host of LINE's that the platform answers
// under, or a pattern of such hosts.
func ofLINE(source string) bool {
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(source), "https://"), "/")
	host, _, _ = strings.Cut(host, ":")
	suffix, many := strings.CutPrefix(host, "*.")
	return slices.ContainsFunc(wire.Hosts(), func(h string) bool { return h == host || many && strings.HasSuffix(h, "."+suffix) })
}

// allow makes a policy allow a source, if it says anything about what the source is for.
// A directive that the policy leaves to a more general one is written out first.
func (p *proxy) allow(policy []directive, name, fallback, source, why string) []directive {
	at := -1
	for _, n := range []string{name, fallback, "default-src"} {
		if at = slices.IndexFunc(policy, func(d directive) bool { return n != "" && d.name == n }); at >= 0 {
			break
		}
		if fallback == "" {
			return policy // these have no general directive
		}
	}
	if at < 0 || allows(policy[at].sources, source) {
		return policy
	}
	from := writePolicy(policy[at : at+1])
	sources := slices.DeleteFunc(slices.Clone(policy[at].sources), func(s string) bool { return strings.EqualFold(s, "'none'") })
	changed := directive{name, append(sources, source)}
	p.note(note{"Content-Security-Policy", from, writePolicy([]directive{changed}), why})
	if policy[at].name == name {
		out := slices.Clone(policy)
		out[at] = changed
		return out
	}
	return append(slices.Clone(policy), changed)
}

// allows says whether sources let a source through. With a nonce beside strict-dynamic a
// script needs the nonce, which it gets.
func allows(sources []string, source string) bool {
	for _, s := range sources {
		if s == source || s == "*" || source == "'self'" && nonceSource.MatchString(s) {
			return true
		}
	}
	return false
}
