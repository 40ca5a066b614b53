package authorize

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/store"
)

// matchEndpoint says whether a redirect URI belongs to a LIFF app: at the endpoint
// URL's origin, or one at which development serves the app, and with a path equal to
// the endpoint's or below it at a slash. Query and fragment are not compared (LINE's
// rule, liff.login()).
func matchEndpoint(app store.LIFFApp, given string) bool {
	origin, rest, ok := splitOrigin(app.EndpointURL)
	if !ok || !plainURL(given) {
		return false
	}
	endpoint := pathOf(rest)
	return slices.ContainsFunc(append([]string{origin}, app.ServedOrigins...), func(o string) bool {
		rest, ok := strings.CutPrefix(given, strings.ToLower(o))
		// Without one of these the host would go on: https://app.example.evil.
		if !ok || rest != "" && strings.IndexByte("/?#", rest[0]) < 0 {
			return false
		}
		return webURL(o) && below(pathOf(rest), endpoint)
	})
}

// servedEndpoint returns the endpoint URL at the origin that asked, if that is one at which
// development serves the app: what the app stored for the way back is there.
func servedEndpoint(app store.LIFFApp, referer string) string {
	from, err := url.Parse(referer)
	to, errTo := url.Parse(app.EndpointURL)
	if err != nil || errTo != nil || !slices.Contains(app.ServedOrigins, from.Scheme+"://"+from.Host) {
		return app.EndpointURL
	}
	return from.Scheme + "://" + from.Host + to.RequestURI()
}

// pathOf returns the path that begins s; an empty one is the root (RFC 3986 §6.2.3).
func pathOf(s string) string {
	if end := strings.IndexAny(s, "?#"); end >= 0 {
		s = s[:end]
	}
	if s == "" {
		return "/"
	}
	return s
}

// below says whether path is the endpoint's or lies below it. A path with dot segments,
// also encoded ones, is refused: browsers and servers resolve them.
func below(path, endpoint string) bool {
	decoded, err := url.PathUnescape(path)
	if err != nil || strings.ContainsAny(decoded, "\\\x00") {
		return false
	}
	for segment := range strings.SplitSeq(decoded, "/") {
		// What follows a semicolon is a parameter to some servers: "..;" is "..".
		name, _, _ := strings.Cut(segment, ";")
		if name == "." || name == ".." {
			return false
		}
	}
	if path == endpoint {
		return true
	}
	return strings.HasPrefix(path, strings.TrimSuffix(endpoint, "/")+"/")
}

// withoutAnswer removes the parameters of an earlier answer from the query of a LIFF
// redirect URI, and a fragment that holds the tokens of a LIFF browser. Apps log in
// again with redirectUri: location.href, where those of the last answer still are;
// beside the new ones a client might take either (our choice).
func withoutAnswer(uri string) string {
	head, fragment, hasFragment := strings.Cut(uri, "#")
	if strings.Contains(fragment, "_token=") {
		hasFragment = false
	}
	base, query, found := strings.Cut(head, "?")
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		if !found {
			break
		}
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && slices.Contains(answerParams(), plain) {
			continue
		}
		kept = append(kept, pair)
	}
	if len(kept) > 0 {
		base += "?" + strings.Join(kept, "&")
	}
	if hasFragment {
		base += "#" + fragment
	}
	return base
}
