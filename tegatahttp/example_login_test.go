package tegatahttp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// A website whose users log in with LINE, and begin a session of the website.
func ExampleNewLogin() {
	login, err := tegatahttp.NewLogin(tegatahttp.LoginConfig{
		Channel:       tegata.Config{ChannelID: "2000000001"},
		ChannelSecret: "0123456789abcdef0123456789abcdef", // from the environment
		RedirectURI:   "https://app.example.com/callback",
		Done: func(w http.ResponseWriter, r *http.Request, in *tegatahttp.LoggedIn) {
			// Begin a session for in.User.UserID here, under a session ID that the browser
			// did not have before.
			http.Redirect(w, r, in.Next, http.StatusSeeOther)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /login", login.Start())
	mux.Handle("GET /callback", login.Callback())

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest("GET", "/login?next=/cart", nil))
	to, _, _ := strings.Cut(answer.Header().Get("Location"), "?")
	fmt.Println(answer.Code, to)
	// Output: 303 https://access.line.me/oauth2/v2.1/authorize
}

// What deletes an account has to do at the platform.
func ExampleDeauthorizer_Deauthorize() {
	channel := tegata.Config{ChannelID: "2000000001", BaseURL: "http://localhost:1"} // where nobody answers
	d, err := tegatahttp.NewDeauthorizer(channel, "0123456789abcdef0123456789abcdef")
	if err != nil {
		log.Fatal(err)
	}
	err = d.Deauthorize(context.Background(), "the user's access token")
	switch {
	case errors.Is(err, tegata.ErrInactive):
		fmt.Println("ask the user to log in once more")
	case err != nil:
		fmt.Println("put it on the list of what is to be done again")
	default:
		fmt.Println("delete the account")
	}
	// Output: put it on the list of what is to be done again
}
