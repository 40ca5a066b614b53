package grant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
)

func post(form url.Values) []byte {
	body := form.Encode()
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost:4800\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", wire.PathToken, len(body), body)
}

// floor answers the same bytes after reading the form and, if asked, one signature.
func floor(b *testing.B, body string, signing bool) http.Handler {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.PostFormValue("code")))
		if signing {
			if _, err := ecdsa.SignASN1(rand.Reader, key, sum[:]); err != nil {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		_, _ = io.WriteString(w, body)
	})
}

// BenchmarkCode: a code exchange with ES256, against a bare handler that signs once.
func BenchmarkCode(b *testing.B) {
	w := newWorld(b)
	exchange := func(int) url.Values {
		raw, _ := w.Code(issuetest.Login{})
		return codeForm(raw, "id_token_key_type", "JWK")
	}
	body := w.Post(wire.PathToken, exchange(0)).Body
	issuetest.Compare(b, w.Router, floor(b, body, true), func(i int) []byte { return post(exchange(i)) })
}

// BenchmarkRefresh: a refresh, against a bare handler.
func BenchmarkRefresh(b *testing.B) {
	w := newWorld(b)
	form := refreshForm(w.Tokens(issuetest.Login{}).RefreshToken)
	request := post(form)
	issuetest.Compare(b, w.Router, floor(b, w.Post(wire.PathToken, form).Body, false), func(int) []byte { return request })
}
