package authorize

import (
	"net/http"
	"net/url"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// serveNative answers the entry of LINE's native SDKs: an authorization request inside
// returnUri, which is checked like one that came to the authorization endpoint.
func (s *Endpoints) serveNative(w http.ResponseWriter, r *http.Request, outer oauth2.Params) error {
	if name := outer.Repeated(); name != "" {
		return pageFault("'"+name+"' is invalid.", name+" is repeated", "more than one", "one", "send each parameter once")
	}
	query, ok := parseReturnURI(outer.Get("returnUri"))
	if !ok {
		return pageFault("'returnUri' is invalid.", "returnUri of the native entry", safeGiven(outer.Get("returnUri")),
			wire.PathConsent+"?…\n"+wire.PathAuthorize+"?…",
			"send a returnUri that is one of these paths with the authorization request as its query")
	}
	p, err := oauth2.Query(&http.Request{URL: &url.URL{RawQuery: query}})
	if err != nil {
		return err
	}
	if id := outer.Get("loginChannelId"); id != "" && id != p.Get("client_id") {
		return pageFault("'loginChannelId' is invalid.", "loginChannelId against client_id inside returnUri", id,
			p.Get("client_id"), "send the same channel ID in both")
	}
	a, refusal, err := s.webRequest(r.Context(), p)
	if err != nil {
		return err
	}
	if refusal == nil {
		refusal = a.readOuter(outer)
	}
	return s.start(w, r, a, refusal)
}

// readOuter reads what the entry says beside returnUri.
func (a *ask) readOuter(outer oauth2.Params) *oauth2.Error {
	if outer.Get("ui_locales") != "" {
		if e := a.readLocales(outer.Get("ui_locales")); e != nil {
			return e
		}
	}
	if outer.Get("disable_ios_auto_login") == "true" || outer.Get("disable_auto_login") == "true" {
		a.req.DisableAutoLogin = true
	}
	return nil
}
