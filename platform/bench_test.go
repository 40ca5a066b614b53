package platform_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/tegata-id/tegata/platform"
)

// The benchmarks compare the platform with bare net/http handlers that answer the same
// bytes, in turn in one run, through real connections: what counts is the CPU time of
// the process per request. The client of the two verify benchmarks is a process of its
// own; that of the flow, which has to read the answers, is counted on both sides. The
// ratio is reported as "x-floor".

// wire sends prepared requests over one connection.
type wire struct {
	conn net.Conn
	r    *bufio.Reader
}

func dial(tb testing.TB, base string) *wire {
	tb.Helper()
	conn, err := net.Dial("tcp", addr(base))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return &wire{conn: conn, r: bufio.NewReader(conn)}
}

func (c *wire) roundTrip(tb testing.TB, request []byte, want int) *http.Response {
	if _, err := c.conn.Write(request); err != nil {
		tb.Fatal(err)
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		tb.Fatal(err)
	}
	if resp.StatusCode != want {
		body, _ := io.ReadAll(resp.Body)
		tb.Fatalf("status %d, want %d\n%s", resp.StatusCode, want, body)
	}
	return resp
}

func (c *wire) discard(tb testing.TB, request []byte, want int) {
	resp := c.roundTrip(tb, request, want)
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		tb.Fatal(err)
	}
}

func get(path string, headers ...string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n")
}

func post(path string, form url.Values) []byte {
	body := form.Encode()
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

// cpu returns the CPU time of the process in nanoseconds.
func cpu(tb testing.TB) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// compare makes ours and floor answer batches of n in turn, and reports CPU per request
// and the ratio.
func compare(b *testing.B, ours, floor func(n int)) {
	const batch = 64
	var spent [2]int64
	n := 0
	for b.Loop() {
		for side, send := range []func(int){ours, floor} {
			start := cpu(b)
			send(batch)
			spent[side] += cpu(b) - start
		}
		n += batch
	}
	b.ReportMetric(float64(spent[0])/float64(n), "cpu-ns/ours")
	b.ReportMetric(float64(spent[1])/float64(n), "cpu-ns/floor")
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "x-floor")
}

func newBenchWorld(b *testing.B) *world {
	return newWorld(b, func(c *platform.Config) {
		c.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
	})
}

// answering returns a bare handler that answers the bytes of a, headers included.
func answering(a answer) http.HandlerFunc {
	type header struct{ name, value string }
	var headers []header
	for name, values := range a.header {
		if name != "Date" {
			headers = append(headers, header{name, values[0]})
		}
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for _, one := range headers {
			h.Set(one.name, one.value)
		}
		_, _ = io.WriteString(w, a.body)
	}
}

// asJSON is an answer of JSON without headers of its own.
func asJSON(body string) answer {
	return answer{header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}}, body: body}
}

func floorServer(b *testing.B, h http.Handler) string {
	srv := httptest.NewServer(h)
	b.Cleanup(srv.Close)
	return srv.URL
}

func addr(base string) string { return strings.TrimPrefix(base, "http://") }

var benchRequest = url.Values{
	"response_type": {"code"}, "client_id": {"2000000001"}, "redirect_uri": {"http://localhost:3000/callback"},
	"state": {"st"}, "scope": {"openid profile"},
}

func codeForm(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"http://localhost:3000/callback"},
		"client_id": {"2000000001"}, "client_secret": {"dev0839511b77483302d5f1613f7cd40"}, "id_token_key_type": {"JWK"},
	}
}

func (w *world) redeem(code string) exchange {
	t, status := w.exchange(codeForm(code))
	if status != http.StatusOK {
		w.t.Fatalf("token: status %d", status)
	}
	return t
}

// BenchmarkVerifyAccessToken: GET verify; at most 1.3 × a bare handler.
func BenchmarkVerifyAccessToken(b *testing.B) {
	w := newBenchWorld(b)
	t := w.redeem(w.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code"))
	path := "/oauth2/v2.1/verify?access_token=" + t.Access
	same := w.do(w.server, "GET", path, nil)
	requests := [][]byte{get(path)}
	floor := floorServer(b, answering(same))
	compare(b, apart(b, load{Addr: addr(w.url), Requests: requests}), apart(b, load{Addr: addr(floor), Requests: requests}))
}

// BenchmarkVerifyIDToken: POST verify with distinct ES256 tokens; at most 1.15 × a bare
// handler that parses the form and verifies with crypto/ecdsa.
func BenchmarkVerifyIDToken(b *testing.B) {
	w := newBenchWorld(b)
	requests := make([][]byte, 64)
	var same answer
	for i := range requests {
		q := url.Values{"nonce": {fmt.Sprint(i)}}
		for k, v := range benchRequest {
			q[k] = v
		}
		w.newBrowser()
		t := w.redeem(w.login("hanako", "/oauth2/v2.1/authorize", q).Query().Get("code"))
		form := url.Values{"id_token": {t.ID}, "client_id": {"2000000001"}}
		requests[i] = post("/oauth2/v2.1/verify", form)
		same = w.do(w.server, "POST", "/oauth2/v2.1/verify", form)
	}
	key := publishedKey(b, w, requests[0])
	answer := answering(same)
	floor := floorServer(b, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw := r.PostFormValue("id_token")
		dot := strings.LastIndexByte(raw, '.')
		sig, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
		sum := sha256.Sum256([]byte(raw[:dot]))
		if err != nil || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		answer(rw, r)
	}))
	compare(b, apart(b, load{Addr: addr(w.url), Requests: requests}), apart(b, load{Addr: addr(floor), Requests: requests}))
}

// publishedKey returns the key of the JWK Set that signed the token of a request.
func publishedKey(b *testing.B, w *world, request []byte) *ecdsa.PublicKey {
	b.Helper()
	var set struct{ Keys []struct{ Kid, X, Y string } }
	if err := json.Unmarshal([]byte(w.do(w.server, "GET", "/oauth2/v2.1/certs", nil).body), &set); err != nil {
		b.Fatal(err)
	}
	_, form, _ := strings.Cut(string(request), "\r\n\r\n")
	values, err := url.ParseQuery(form)
	if err != nil {
		b.Fatal(err)
	}
	head, _, _ := strings.Cut(values.Get("id_token"), ".")
	header, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range set.Keys {
		if !strings.Contains(string(header), k.Kid) {
			continue
		}
		x, err1 := base64.RawURLEncoding.DecodeString(k.X)
		y, err2 := base64.RawURLEncoding.DecodeString(k.Y)
		key, err3 := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
		if err1 != nil || err2 != nil || err3 != nil {
			b.Fatal(err1, err2, err3)
		}
		return key
	}
	b.Fatal("the token's key is not published")
	return nil
}

// BenchmarkFlow: authorize with a live session and consent (prompt=none), token with
// ES256, GET verify, profile; at most 2.5 × four bare handlers and one signature.
func BenchmarkFlow(b *testing.B) {
	w := newBenchWorld(b)
	t := w.redeem(w.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code"))
	base, err := url.Parse(w.url)
	if err != nil {
		b.Fatal(err)
	}
	cookies := "Cookie: "
	for _, c := range w.browser.Jar.Cookies(base) {
		cookies += c.Name + "=" + c.Value + "; "
	}
	cookies = strings.TrimSuffix(cookies, "; ")
	q := url.Values{"prompt": {"none"}}
	for k, v := range benchRequest {
		q[k] = v
	}
	authorize := get("/oauth2/v2.1/authorize?"+q.Encode(), cookies)
	ours := dial(b, w.url)
	flow := func() {
		resp := ours.roundTrip(b, authorize, http.StatusSeeOther)
		back, err := resp.Location()
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if back.Query().Get("code") == "" {
			b.Fatalf("no code: %s", back)
		}
		var t exchange
		resp = ours.roundTrip(b, post("/oauth2/v2.1/token", codeForm(back.Query().Get("code"))), 200)
		if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
			b.Fatal(err)
		}
		ours.discard(b, get("/oauth2/v2.1/verify?access_token="+t.Access), 200)
		ours.discard(b, get("/v2/profile", "Authorization: Bearer "+t.Access), 200)
	}
	times := func(f func()) func(int) {
		return func(n int) {
			for range n {
				f()
			}
		}
	}
	compare(b, times(flow), times(flowFloor(b, t, authorize)))
}

// flowFloor answers the same four requests by bare handlers, with one signature.
func flowFloor(b *testing.B, t exchange, authorize []byte) func() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := json.Marshal(t)
	if err != nil {
		b.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/v2.1/authorize", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://localhost:3000/callback?code="+t.Access+"&state=st", http.StatusSeeOther)
	})
	mux.HandleFunc("POST /oauth2/v2.1/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.PostFormValue("code")))
		if _, err := ecdsa.SignASN1(rand.Reader, key, sum[:]); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answering(asJSON(string(answer)))(w, r)
	})
	mux.HandleFunc("GET /oauth2/v2.1/verify", answering(asJSON(`{"scope":"openid profile","client_id":"2000000001","expires_in":2592000}`)))
	mux.HandleFunc("GET /v2/profile", answering(asJSON(`{"userId":"U0123456789abcdef0123456789abcdef","displayName":"Hanako","pictureUrl":"http://localhost/hanako"}`)))
	floor := dial(b, floorServer(b, mux))
	token := post("/oauth2/v2.1/token", codeForm(t.Access))
	return func() {
		resp := floor.roundTrip(b, authorize, http.StatusSeeOther)
		if _, err := resp.Location(); err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		var got exchange
		resp = floor.roundTrip(b, token, 200)
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			b.Fatal(err)
		}
		floor.discard(b, get("/oauth2/v2.1/verify?access_token="+got.Access), 200)
		floor.discard(b, get("/v2/profile", "Authorization: Bearer "+got.Access), 200)
	}
}
