package authorize

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// maxURL bounds a redirect URI in bytes (our choice).
const maxURL = 4096

// answerParams are the parameters that an answer may add to a redirect URI.
func answerParams() []string {
	return []string{
		"code", "state", "error", "error_description", "response", "iss", "friendship_status_changed",
		"liffClientId", "liffRedirectUri", "liffOAuth2Error",
	}
}

// matchCallback says whether a redirect URI is a registered callback URL, or one with
// further query parameters (LINE's rule). It compares bytes with what is registered
// and parses no host: two parsers that disagree on where a host ends are how codes get
// stolen. A further parameter that an answer uses itself is refused, because a client
// that takes the first of two would take a foreign code (our choice).
func matchCallback(registered []string, given string) bool {
	if !plainURL(given) || strings.Contains(given, "#") {
		return false
	}
	return slices.ContainsFunc(registered, func(r string) bool {
		if !webURL(r) || strings.Contains(r, "#") {
			return false
		}
		rest, ok := strings.CutPrefix(given, r)
		if !ok || rest == "" {
			return ok
		}
		separator := "?"
		if strings.Contains(r, "?") {
			separator = "&"
		}
		extra, ok := strings.CutPrefix(rest, separator)
		return ok && !answers(extra)
	})
}

// whyNoMatch says, of a redirect URI that matches no callback URL, what is wrong and
// what to do.
func whyNoMatch(registered []string, given string) (check, fix string) {
	switch {
	case strings.Contains(given, "#"):
		return "redirect_uri has a fragment", "remove everything from #; an answer is sent in the query"
	case !plainURL(given):
		return "redirect_uri has characters that no URI has, or is too long", "percent-encode it; it may have 4096 bytes"
	case slices.Contains(registered, given):
		return "this callback URL is registered, but codes must not travel in the clear",
			"register it with https, or with http on localhost"
	}
	for _, r := range registered {
		if strings.HasPrefix(given, r+"?") || strings.Contains(r, "?") && strings.HasPrefix(given, r+"&") {
			return "redirect_uri adds a query parameter that the answer uses itself, or a query that cannot be read",
				"leave code, state, error and the other parameters of an answer out of redirect_uri"
		}
	}
	return "redirect_uri is not registered", "register this callback URL, or send one that is registered: " +
		"scheme, host, port, path and slash must be the same, only query parameters may be added"
}

// answers says whether a query names a parameter of an answer, or is no query that
// everybody reads alike.
func answers(query string) bool {
	values, err := url.ParseQuery(query)
	if err != nil {
		return true
	}
	for _, name := range answerParams() {
		if values.Has(name) {
			return true
		}
	}
	return false
}

// plainURL says whether s is short and made of the characters of a URI (RFC 3986 §2)
// alone: no blank, control, backslash, quote or letter beyond ASCII, of which browsers
// make something else.
func plainURL(s string) bool {
	if s == "" || len(s) > maxURL {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return false
		}
	}
	return true
}

// webURL says whether a registered URL may be sent codes: https, or http to this
// machine (RFC 8252 §8.3).
func webURL(s string) bool {
	origin, _, ok := splitOrigin(s)
	return ok && (strings.HasPrefix(origin, "https://") || loopback(origin))
}

// splitOrigin cuts a registered http or https URL after host and port. It refuses a
// URL with user information. The URL is the operator's, not a stranger's.
func splitOrigin(s string) (origin, rest string, ok bool) {
	scheme, after, found := strings.Cut(s, "://")
	if !found || scheme != "http" && scheme != "https" {
		return "", "", false
	}
	end := strings.IndexAny(after, "/?#")
	if end < 0 {
		end = len(after)
	}
	authority := after[:end]
	if authority == "" || strings.ContainsAny(authority, `@\`) {
		return "", "", false
	}
	return scheme + "://" + authority, after[end:], true
}

// loopback says whether an origin is this machine by name or by address.
func loopback(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

// The redirect URIs of LINE's native SDKs carry the name of the app that the answer
// goes back to: the bundle ID on iOS, the package name on Android.
const (
	iosPrefix     = "line3rdp."
	androidPrefix = "intent://result#Intent;package="
	androidSuffix = ";scheme=lineauth;end"
)

// nativeApp returns the app named by a redirect URI of a native SDK; false if it is
// none.
func nativeApp(uri string) (app string, ok bool) {
	if !plainURL(uri) {
		return "", false
	}
	if rest, found := strings.CutPrefix(uri, iosPrefix); found {
		app, path, found := strings.Cut(rest, "://")
		return app, found && appName(app) && nativePath(path)
	}
	if rest, found := strings.CutPrefix(uri, androidPrefix); found {
		app, found := strings.CutSuffix(rest, androidSuffix)
		return app, found && appName(app)
	}
	return "", false
}

// nativeScheme says whether a URI tries to be one of a native SDK, well-formed or not.
func nativeScheme(uri string) bool {
	return strings.HasPrefix(uri, iosPrefix) || strings.HasPrefix(uri, "intent:")
}

func appName(s string) bool {
	return s != "" && len(s) <= 255 && all(s, func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
	})
}

func nativePath(s string) bool {
	return all(s, func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/._~-", c) >= 0
	})
}

func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// appendParams adds encoded parameters to the query of a redirect URI, before its
// fragment.
func appendParams(uri, params string) string {
	head, fragment, found := strings.Cut(uri, "#")
	if found {
		fragment = "#" + fragment
	}
	separator := "?"
	if _, query, found := strings.Cut(head, "?"); found {
		separator = "&"
		if query == "" || strings.HasSuffix(query, "&") {
			separator = ""
		}
	}
	return head + separator + params + fragment
}

// formTarget returns what a page's form-action must name so that the browser lets the
// answer through to the redirect URI: its origin, or the scheme of a native app.
func formTarget(uri string) string {
	if origin, _, ok := splitOrigin(uri); ok {
		return origin
	}
	scheme, _, _ := strings.Cut(uri, ":")
	return scheme + ":"
}
