package tegatahttp_test

import (
	"context"
	"expvar"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// greet is a handler that stands behind the middleware.
func greet(w http.ResponseWriter, r *http.Request) {
	user, _ := tegatahttp.UserFrom(r.Context())
	_, _ = fmt.Fprintf(w, "Hello, %s", user.Name)
}

// show prints what a request with this token is answered.
func show(h http.Handler, path, token string) {
	r := httptest.NewRequest("POST", path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
}

// A server that greets whom LINE vouches for, and nobody else.
func Example() {
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /api/id-token", tegatahttp.IDToken(verifier)(http.HandlerFunc(greet)))
	mux.Handle("POST /api/access-token", tegatahttp.AccessToken(verifier)(http.HandlerFunc(greet)))

	show(mux, "/api/id-token", "")
	show(mux, "/api/id-token", "made.up.token")
	show(mux, "/api/id-token", "bNl4YEFPI_hjFWhTqexp4MuEw5YPs") // what liff.getAccessToken() returns
	// Output:
	// 401 {"error":"invalid_token","reason":"missing"}
	// 401 {"error":"invalid_token","reason":"malformed"}
	// 401 {"error":"invalid_token","reason":"wrong_kind"}
}

// One endpoint for the channels of a LINE MINI App: developing, review, published. Which
// channel a token was issued to is in User.IDToken.ChannelID.
func ExampleIDToken_severalChannels() {
	published, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	developing, err := published.Channel("2000000004", tegata.ES256, "")
	if err != nil {
		log.Fatal(err)
	}
	set, err := tegata.NewSet(published, developing)
	if err != nil {
		log.Fatal(err)
	}
	show(tegatahttp.IDToken(set)(http.HandlerFunc(greet)), "/", "")
	// Output: 401 {"error":"invalid_token","reason":"missing"}
}

// An access token, with a scope that this endpoint needs. The platform is a stand-in here;
// leave BaseURL out for LINE's.
func ExampleAccessToken() {
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/profile" {
			_, _ = fmt.Fprint(w, `{"userId":"U0123456789abcdef0123456789abcdef","displayName":"Hanako"}`)
			return
		}
		_, _ = fmt.Fprint(w, `{"scope":"profile","client_id":"2000000001","expires_in":43200}`)
	}))
	defer platform.Close()
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001", BaseURL: platform.URL})
	if err != nil {
		log.Fatal(err)
	}
	plain := tegatahttp.AccessToken(verifier)
	openid := tegatahttp.AccessToken(verifier, tegatahttp.Checks(tegata.WithScopes("openid")))

	show(plain(http.HandlerFunc(greet)), "/", "bNl4YEFPI_hjFWhTqexp4MuEw5YPs")
	show(openid(http.HandlerFunc(greet)), "/", "bNl4YEFPI_hjFWhTqexp4MuEw5YPs")
	// Output:
	// 200 Hello, Hanako
	// 403 {"error":"insufficient_scope","reason":"scope","scope":"profile openid"}
}

// A server that remembers whose session it is takes no token of somebody else in it.
func ExampleCheckRequest() {
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	userOf := func(*http.Request) string { return "" } // from your session; nobody is logged in here
	mine := tegatahttp.IDToken(verifier, tegatahttp.CheckRequest(func(r *http.Request) ([]tegata.Check, error) {
		return []tegata.Check{tegata.WithSubject(userOf(r))}, nil // an empty one refuses
	}))

	show(mine(http.HandlerFunc(greet)), "/", "made.up.token")
	// Output: 401 {"error":"invalid_token","reason":"subject"}
}

// A login that can be done once with each ID token.
func ExampleOneTime() {
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	login := tegatahttp.IDToken(verifier, tegatahttp.OneTime(tegatahttp.NewMemoryOnce(0, nil)))(http.HandlerFunc(greet))

	mux := http.NewServeMux()
	mux.Handle("POST /login", login) // begins the session that later requests have
	show(mux, "/login", "made.up.token")
	// Output: 401 {"error":"invalid_token","reason":"malformed"}
}

// Counters by reason, which expvar shows at /debug/vars after expvar.Publish.
func ExampleObserve() {
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	counts, busy := new(expvar.Map), new(expvar.Float)
	count := tegatahttp.Observe(func(_ context.Context, o tegatahttp.Outcome) {
		reason := o.Reason
		if reason == "" {
			reason = "ok"
		}
		counts.Add(o.Kind+" "+reason, 1)
		busy.Add(o.Duration.Seconds())
	})
	mux := http.NewServeMux()
	mux.Handle("POST /id", tegatahttp.IDToken(verifier, count)(http.HandlerFunc(greet)))
	mux.Handle("POST /access", tegatahttp.AccessToken(verifier, count)(http.HandlerFunc(greet)))
	for _, path := range []string{"/id", "/id", "/access"} {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", path, nil))
	}
	fmt.Println(counts, busy.Value() < time.Minute.Seconds())
	// Output: {"access_token missing": 1, "id_token missing": 2} true
}
