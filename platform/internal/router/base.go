package router

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// Base says which absolute URLs an answer has to name. They belong to the host
// through which the request came, if that is one of ours.
type Base struct {
	Access string // login and consent pages, issuer-side URLs
	API    string // token, verify, profile, certs; also the pictures
	LIFF   string // LIFF URLs
	LINE   bool   // the request came by one of LINE's host names
	Secure bool   // the URLs are https
	// Exposed says that other machines reach a platform for development by it.
	Exposed bool
}

// bases knows the origins under which the platform is reached.
type bases struct {
	own  Base
	all  map[string]Base // by "https://host" or "http://host"
	line map[string]bool
}

func newBases(configured string, others, exposed []string) (*bases, error) {
	b := &bases{all: map[string]Base{}, line: map[string]bool{}}
	for i, raw := range slices.Concat([]string{configured}, others, exposed) {
		origin, err := Origin(raw)
		if err != nil {
			return nil, fmt.Errorf("base URL %q: %w", raw, err)
		}
		one := Base{
			Access: origin, API: origin, LIFF: origin, Secure: strings.HasPrefix(origin, "https:"), Exposed: i > len(others),
		}
		if i == 0 {
			b.own = one
		}
		b.all[origin] = one
	}
	for _, h := range wire.Hosts() {
		b.line[h] = true
	}
	return b, nil
}

// Origin returns scheme, host and port of an absolute http or https URL without
// path, query or user, in lower case and without the scheme's default port.
func Origin(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("not a URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", fmt.Errorf("want http://HOST[:PORT] or https://HOST[:PORT]")
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("want no path, query or fragment")
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + host, nil
}

// of returns the base through which r came, or the configured one. Behind somebody's
// TLS the scheme is not seen, so a known host with the other scheme counts too.
func (b *bases) of(r *http.Request) Base {
	host := strings.ToLower(r.Host)
	if name := strings.TrimSuffix(host, ":443"); b.line[name] {
		return Base{
			Access: "https://" + wire.HostAccess, API: "https://" + wire.HostAPI,
			LIFF: "https://" + wire.HostLIFF, LINE: true, Secure: true,
		}
	}
	first, second := "http://", "https://"
	if r.TLS != nil {
		first, second = second, first
	}
	if one, ok := b.all[first+host]; ok {
		return one
	}
	if one, ok := b.all[second+host]; ok {
		return one
	}
	return b.own
}
