package authorize

import (
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// parseReturnURI takes the returnUri of the native entry apart and returns its query.
// It is a stranger's text: only the two paths that LINE's SDKs name are accepted,
// byte for byte, so that there is nothing for a browser to resolve.
func parseReturnURI(s string) (query string, ok bool) {
	path, query, found := strings.Cut(s, "?")
	if !found || path != wire.PathConsent && path != wire.PathAuthorize {
		return "", false
	}
	if len(s) > 4*maxURL || query == "" || strings.Contains(query, "#") {
		return "", false
	}
	return query, true
}
