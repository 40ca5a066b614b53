package hostguard

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Guard says under which host names a server answers: localhost, names below it, IP
// addresses, which no name service can lead elsewhere, and Names. The zero value is good.
type Guard struct {
	// Names are further names, without ports; one that begins with a dot stands for all
	// names below it.
	Names []string
	// Fix is what a person can do who asked under another name; empty says nothing.
	Fix string
}

// NameOf returns the host name of a URL, for Names; empty if it has none.
func NameOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Wrap returns a handler that answers as next does, and 403 to requests under other names.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.Allows(r.Host) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, fmt.Sprintf("tegata dev does not answer under the host name %.100q.\n%s\n", r.Host, g.Fix)) // the client may be gone
	})
}

// Allows says whether a Host header names one of the hosts, with any port or none.
func (g Guard) Allows(host string) bool {
	u, err := url.Parse("//" + host)
	if err != nil || u.Host != host {
		return false
	}
	name := strings.ToLower(u.Hostname())
	if net.ParseIP(name) != nil {
		return strings.Contains(name, ":") == strings.HasPrefix(host, "[")
	}
	return slices.ContainsFunc(append([]string{"localhost", ".localhost"}, g.Names...), func(allowed string) bool {
		if strings.HasPrefix(allowed, ".") {
			return len(name) > len(allowed) && strings.HasSuffix(name, allowed)
		}
		return name != "" && name == allowed
	})
}

// forwarded are the headers by which proxies and tunnels tell for whom they ask.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Cf-Connecting-Ip", "Via"}

// ThisMachine returns a handler that answers as next does, and 403 to other machines,
// whatever host they name, also if a proxy of this machine asks for them: a tunnel's end is
// one, and many name localhost as the host.
func ThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !from.Addr().Unmap().IsLoopback() {
			http.Error(w, "this is for the machine alone on which tegata dev runs", http.StatusForbidden)
			return
		}
		for _, name := range forwarded {
			if len(r.Header.Values(name)) > 0 {
				http.Error(w, "this is for browsers of the machine on which tegata dev runs, and not by way of a proxy or tunnel ("+name+"): open its address itself", http.StatusForbidden)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
