package tegatahttp_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// sessions is a website's own memory of who is logged in. Yours may be a table.
type sessions struct {
	mu    sync.Mutex // guards users
	users map[string]string
}

const sessionCookie = "__Host-session"

// renew begins a session under an ID that nobody can have known before the login, and ends
// the one that the browser came with: else whoever had planted that one in the browser
// would be logged in, too (session fixation).
func (s *sessions) renew(w http.ResponseWriter, r *http.Request, user *tegata.User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range r.CookiesNamed(sessionCookie) {
		delete(s.users, old.Value)
	}
	id := rand.Text()
	s.users[id] = user.UserID
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// A website whose users log in with LINE, and which begins a session of its own.
func ExampleNewLogin() {
	sessions := &sessions{users: map[string]string{}}
	login, err := tegatahttp.NewLogin(tegatahttp.LoginConfig{
		Channel:       tegata.Config{ChannelID: "2000000001"},
		ChannelSecret: "0123456789abcdef0123456789abcdef", // from the environment, or a file
		RedirectURI:   "https://app.example.com/callback",
		Done: func(w http.ResponseWriter, r *http.Request, in *tegatahttp.LoggedIn) {
			sessions.renew(w, r, in.User)
			http.Redirect(w, r, in.Next, http.StatusSeeOther)
		},
		Failed: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, tegatahttp.ErrDenied) {
				_, _ = fmt.Fprintln(w, "You can go on without an account.")
				return
			}
			log.Print(err) // holds no token, code or secret
			http.Error(w, "The login did not work. Please begin again.", http.StatusBadRequest)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /login", login.Start()) // /login?next=/cart comes back to /cart
	mux.Handle("GET /callback", login.Callback())

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest("GET", "/login?next=/cart", nil))
	to, _, _ := strings.Cut(answer.Header().Get("Location"), "?")
	fmt.Println(answer.Code, to)
	// Output: 303 https://access.line.me/oauth2/v2.1/authorize
}

// A session that goes on for longer than its access token: 30 days at LINE.
func ExampleLogin_Refresh() {
	login, err := tegatahttp.NewLogin(tegatahttp.LoginConfig{
		Channel:       tegata.Config{ChannelID: "2000000001", BaseURL: "http://localhost:1"}, // where nobody answers
		ChannelSecret: "0123456789abcdef0123456789abcdef",
		RedirectURI:   "https://app.example.com/callback",
		Done:          func(http.ResponseWriter, *http.Request, *tegatahttp.LoggedIn) {},
	})
	if err != nil {
		log.Fatal(err)
	}
	userID := "U0123456789abcdef0123456789abcdef" // of the session
	in, err := login.Refresh(context.Background(), "the user's refresh token", tegata.WithSubject(userID))
	switch {
	case errors.Is(err, tegata.ErrInactive):
		fmt.Println("end the session: the user must log in again")
	case err != nil:
		fmt.Println("try again later:", tegata.Reason(err))
	default:
		fmt.Println("keep the new access token until", in.Expires)
	}
	// Output: try again later: unavailable
}

// What deletes an account has to do at the platform.
func ExampleDeauthorizer_Deauthorize() {
	channel := tegata.Config{ChannelID: "2000000001", BaseURL: "http://localhost:1"} // where nobody answers
	d, err := tegatahttp.NewDeauthorizer(channel, "0123456789abcdef0123456789abcdef")
	if err != nil {
		log.Fatal(err)
	}
	err = d.Deauthorize(context.Background(), "the-user's-access-token")
	switch {
	case errors.Is(err, tegata.ErrInactive):
		fmt.Println("ask the user to log in once more")
	case err != nil:
		fmt.Println("put it on the list of what is to be done again:", tegata.Reason(err))
	default:
		fmt.Println("delete the account")
	}
	// Output: put it on the list of what is to be done again: unavailable
}
