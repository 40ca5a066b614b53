package lan

import (
	"net/http"

	"github.com/tegata-id/tegata/cmd/tegata/localca"
)

// caFile is where the certificate is fetched. Phones open it by its media type.
const caFile = "/tegata-local-ca.crt"

// Authority serves the local authority's certificate, and how to install it, by plain HTTP:
// before it is installed there is no other way. base is the platform's origin in the network.
func Authority(a *localca.Authority, base string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, view{Title: "Trust this machine", Style: "/style.css", CA: caFile, Base: base + Path, Fingerprint: a.Fingerprint()})
	})
	mux.HandleFunc("GET /style.css", serveStyle)
	mux.HandleFunc("GET "+caFile, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/x-x509-ca-cert")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(a.Certificate().Raw) // the phone may be gone; nothing is left to do
	})
	return mux
}
