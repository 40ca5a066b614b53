package examples

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// mountAPI adds what the app's page asks its server. Behind the middleware there is a
// user who has been verified; without it, nobody.
func mountAPI(mux *http.ServeMux, base string, verifier *tegata.Verifier) {
	mux.Handle(base+"id-token", post(tegatahttp.IDToken(verifier)(http.HandlerFunc(serveUser))))
	mux.Handle(base+"access-token", post(tegatahttp.AccessToken(verifier)(http.HandlerFunc(serveUser))))
	mux.Handle(base+"profile", post(http.HandlerFunc(refuseProfile)))
	mux.HandleFunc(base, func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusNotFound, answer{Error: "not_found", Message: "there are id-token, access-token and profile"})
	})
}

// serveUser answers who the verified token speaks of.
func serveUser(w http.ResponseWriter, r *http.Request) {
	user, ok := tegatahttp.UserFrom(r.Context())
	if !ok { // a handler that somebody mounted without the middleware
		writeJSON(w, http.StatusUnauthorized, answer{Error: "invalid_token", Reason: "missing"})
		return
	}
	writeJSON(w, http.StatusOK, struct {
		*tegata.User
		Expires time.Time `json:"expires"` // a session should not live longer
	}{user, user.Expires})
}

// refuseProfile answers a page that sends what it knows of the user in place of a
// token. It does not even read it: nothing in it could make it true.
func refuseProfile(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	writeJSON(w, http.StatusUnauthorized, answer{
		Error: "invalid_token", Reason: "profile_is_no_proof",
		Message: "A profile proves nothing: anybody can write one, with any user ID, and post it here. " +
			"Send the ID token or the access token in the Authorization header; this server believes only what it has verified.",
	})
}

// answer is the body of what is not a user.
type answer struct {
	Error   string `json:"error"`
	Reason  string `json:"reason,omitempty"` // one word
	Message string `json:"message,omitempty"`
}

// post lets only POST through: a GET could be cached, or sent by a link.
func post(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			writeJSON(w, http.StatusMethodNotAllowed, answer{Error: "invalid_request", Message: "use POST"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// writeJSON answers. Nobody but the asker may keep the answer.
func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil { // only plain structs come here
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client may be gone; nothing is left to do
}
