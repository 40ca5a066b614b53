package resource_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// answering is a bare handler that writes a body.
func answering(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		_, _ = io.WriteString(w, body)
	})
}

// BenchmarkVerifyAccess: GET verify costs at most 1.3 × a bare handler.
func BenchmarkVerifyAccess(b *testing.B) {
	w := newWorld(b)
	path := wire.PathVerify + "?access_token=" + w.Tokens(issuetest.Login{}).AccessToken
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: localhost:4800\r\n\r\n")
	issuetest.Compare(b, w.Router, answering(w.Ask("GET", path, "").Body), func(int) []byte { return request })
}

// BenchmarkVerifyID: POST verify of distinct ES256 tokens costs at most 1.15 × a bare
// handler that reads the form and checks the signature by crypto/ecdsa.
func BenchmarkVerifyID(b *testing.B) {
	w := newWorld(b)
	requests := make([][]byte, 256)
	body := ""
	for i := range requests {
		raw := w.ES256(issuetest.Login{Request: store.Request{Nonce: fmt.Sprint(i)}}).IDToken
		form := url.Values{"id_token": {raw}, "client_id": {issuetest.Web}}
		requests[i] = post(wire.PathVerify, form)
		body = w.Post(wire.PathVerify, form).Body
	}
	signer, err := w.Ring.Signer(store.SignIDToken)
	w.Must(err)
	var set gojose.JSONWebKeySet
	w.Must(json.Unmarshal(w.Ring.SetJSON(), &set))
	key := set.Key(signer.Public().KeyID())[0].Key.(*ecdsa.PublicKey)
	answer := answering(body)
	floor := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw := r.PostFormValue("id_token")
		dot := strings.LastIndexByte(raw, '.')
		sig, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
		sum := sha256.Sum256([]byte(raw[:dot]))
		if err != nil || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		answer.ServeHTTP(rw, r)
	})
	issuetest.Compare(b, w.Router, floor, func(i int) []byte { return requests[i%len(requests)] })
}

// BenchmarkVerifyIDSecret is BenchmarkVerifyID with HS256, against a bare handler.
func BenchmarkVerifyIDSecret(b *testing.B) {
	w := newWorld(b)
	form := url.Values{"id_token": {w.Tokens(issuetest.Login{}).IDToken}, "client_id": {issuetest.Web}}
	request := post(wire.PathVerify, form)
	body := answering(w.Post(wire.PathVerify, form).Body)
	floor := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_ = r.PostFormValue("id_token")
		body.ServeHTTP(rw, r)
	})
	issuetest.Compare(b, w.Router, floor, func(int) []byte { return request })
}

// BenchmarkProfile: GET profile against a bare handler.
func BenchmarkProfile(b *testing.B) {
	w := newWorld(b)
	raw := w.Tokens(issuetest.Login{}).AccessToken
	request := []byte("GET " + wire.PathProfile + " HTTP/1.1\r\nHost: localhost:4800\r\nAuthorization: Bearer " + raw + "\r\n\r\n")
	issuetest.Compare(b, w.Router, answering(bearer(w, "GET", wire.PathProfile, raw).Body), func(int) []byte { return request })
}

func post(path string, form url.Values) []byte {
	body := form.Encode()
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost:4800\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}
