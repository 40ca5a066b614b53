package forwarded

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxHops bounds how many addresses are looked at.
const maxHops = 32

// Handler gives next requests whose RemoteAddr is that of the client, as far as the
// trusted proxies tell it. base is the public origin, to which people who came to a proxy
// by http are sent.
func Handler(next http.Handler, trusted []netip.Prefix, base string) http.Handler {
	trusted = slices.Clone(trusted)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, ok := address(r.RemoteAddr)
		if !ok || !in(trusted, peer) {
			next.ServeHTTP(w, r)
			return
		}
		if plain(r) {
			toTLS(w, r, base)
			return
		}
		if client := clientOf(peer, r.Header.Values("X-Forwarded-For"), trusted); client != peer {
			copied := *r
			copied.RemoteAddr = net.JoinHostPort(client.String(), "0")
			r = &copied
		}
		next.ServeHTTP(w, r)
	})
}

// clientOf returns the last address of X-Forwarded-For that is not a trusted proxy's: each
// proxy appends whom it saw, so that what stands before may be made up. If something
// cannot be read, the hop behind it is the last one that is known.
func clientOf(peer netip.Addr, headers []string, trusted []netip.Prefix) netip.Addr {
	known := peer
	hops := strings.Split(strings.Join(headers, ","), ",")
	for n := 0; n < maxHops && n < len(hops); n++ {
		hop, ok := address(strings.TrimSpace(hops[len(hops)-1-n]))
		if !ok {
			return known
		}
		known = hop
		if !in(trusted, hop) {
			return known
		}
	}
	return known
}

// address reads an address with or without port.
func address(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return a.Unmap().WithZone(""), err == nil
}

func in(prefixes []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

// plain says whether a trusted proxy was reached by http. A proxy that does not say is
// taken to end TLS, as operate.md demands.
func plain(r *http.Request) bool {
	values := r.Header.Values("X-Forwarded-Proto")
	if len(values) == 0 {
		return false
	}
	all := strings.Split(values[len(values)-1], ",")
	return strings.EqualFold(strings.TrimSpace(all[len(all)-1]), "http")
}

// toTLS answers who came by http: browsers are sent on, everybody else is refused, since
// what was sent could be read on the way.
func toTLS(w http.ResponseWriter, r *http.Request, base string) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		path := r.URL.RequestURI()
		if !strings.HasPrefix(path, "/") { // "GET http:x" would become a part of the host
			path = "/"
		}
		http.Redirect(w, r, base+path, http.StatusPermanentRedirect)
		return
	}
	http.Error(w, "use https: what you sent could be read on the way", http.StatusForbidden)
}

// ToTLS returns a handler that answers at a port for plain http, as Handler does for who
// came to a trusted proxy by http.
func ToTLS(base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { toTLS(w, r, base) })
}
