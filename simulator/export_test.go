package simulator

import (
	"io"
	"net/http"
	"net/url"

	"github.com/tegata-id/tegata/internal/control"
)

// ScriptPlace returns where the script belongs in a page.
func ScriptPlace(page []byte) (int, bool) { return scriptPlace(page) }

// AmendPolicy returns a policy as the proxy of a simulator at base would send it, and the
// nonce that the script must carry.
func (s *Simulator) AmendPolicy(text string) (policy, nonce string) {
	p := &proxy{sim: s, platform: s.cfg.Platform.BaseURL}
	out, nonce := p.amendPolicy(parsePolicy(text))
	return writePolicy(out), nonce
}

// Masked replaces tokens in text.
func Masked(text string) string { return masked(text) }

// Curl writes a call as a command.
func Curl(origin, method string, u *url.URL, header http.Header, body []byte) string {
	return curl(origin, method, u, header, body)
}

// Word writes a text as one word of a shell.
func Word(text string) string { return word(text) }

// ParsedPolicy reads a policy and writes it again, as the proxy of a platform at
// http://localhost:4800 would send it.
func ParsedPolicy(text string) (policy, nonce string) {
	s := &Simulator{cfg: Config{Platform: control.NewClient("http://localhost:4800", "")}}
	return s.AmendPolicy(text)
}

// Redirected returns where a redirect leads behind the proxy of an app at
// http://localhost:5173 that is served at http://localhost:4900, and the page that the
// phone gets in its place.
func Redirected(location, dest string) (to, page string) {
	upstream, err := url.Parse("http://localhost:5173")
	if err != nil {
		return "", ""
	}
	base := "http://localhost:4800"
	p := &proxy{
		sim: &Simulator{cfg: Config{Platform: control.NewClient(base, "")}}, upstream: upstream,
		origin: "http://localhost:4900", platform: base,
	}
	r := &http.Response{Header: http.Header{"Location": {location}}, Request: &http.Request{Header: http.Header{"Sec-Fetch-Dest": {dest}}}, Body: http.NoBody}
	if !p.redirected(r) {
		return r.Header.Get("Location"), ""
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", ""
	}
	return "", string(body)
}
