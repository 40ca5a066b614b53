package authorize

import "github.com/tegata-id/tegata/store"

// MatchCallback is matchCallback.
func MatchCallback(registered []string, given string) bool { return matchCallback(registered, given) }

// MatchEndpoint is matchEndpoint.
func MatchEndpoint(app store.LIFFApp, given string) bool { return matchEndpoint(app, given) }

// NativeApp is nativeApp.
func NativeApp(uri string) (string, bool) { return nativeApp(uri) }

// ParseReturnURI is parseReturnURI.
func ParseReturnURI(s string) (string, bool) { return parseReturnURI(s) }

// AppendParams is appendParams.
func AppendParams(uri, params string) string { return appendParams(uri, params) }

// WithoutAnswer is withoutAnswer.
func WithoutAnswer(uri string) string { return withoutAnswer(uri) }

// FormTarget is formTarget.
func FormTarget(uri string) string { return formTarget(uri) }

// WhyNoMatch is whyNoMatch.
func WhyNoMatch(registered []string, given string) (check, fix string) {
	return whyNoMatch(registered, given)
}
