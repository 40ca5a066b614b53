package tegatahttp_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// A server that greets whom LINE vouches for, and nobody else.
func Example() {
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("POST /api/id-token", tegatahttp.IDToken(verifier)(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			user, _ := tegatahttp.UserFrom(r.Context())
			fmt.Fprintf(w, "Hello, %s", user.Name)
		})))
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}

// What a request with a token that somebody made up gets.
func ExampleIDToken() {
	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /api/id-token", tegatahttp.IDToken(verifier)(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			user, _ := tegatahttp.UserFrom(r.Context())
			fmt.Fprintf(w, "Hello, %s", user.Name)
		})))

	request := httptest.NewRequest("POST", "/api/id-token", nil)
	request.Header.Set("Authorization", "Bearer made.up.token")
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, request)
	fmt.Println(answer.Code, answer.Body)
	// Output: 401 {"error":"invalid_token","reason":"malformed"}
}
