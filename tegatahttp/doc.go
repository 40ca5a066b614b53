// Package tegatahttp is middleware for net/http: it lets a request through only with a
// token that package tegata has verified, and puts the user into its context.
//
//	verifier, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
//	…
//	mux.Handle("POST /api/orders", tegatahttp.IDToken(verifier)(orders))
//
//	user, _ := tegatahttp.UserFrom(r.Context()) // in orders
//
// IDToken demands an ID token, which is verified on this machine. AccessToken demands an
// access token, about which the platform is asked. Both fit every router that takes
// standard middleware, func(http.Handler) http.Handler.
//
// # What is looked at
//
// The one Authorization header, for a bearer token (RFC 6750 section 2.1): not the URL,
// where a token would be logged, not the body, not a cookie. What the request says of a user
// elsewhere is not looked at either. A token of the other kind is refused by its look, so
// that an ID token is never sent to the platform's endpoint for access tokens.
//
// Each method is treated alike, OPTIONS too: middleware for CORS belongs around this one.
//
// # What is answered
//
// A refused request gets an answer by RFC 6750 section 3 whose body says why in one
// word, since a page on another origin cannot read the header field:
//
//	401 {"error":"invalid_token","reason":"expired"}
//	401 {"error":"insufficient_user_authentication","reason":"max_age","max_age":600}
//	403 {"error":"insufficient_scope","reason":"scope","scope":"profile openid"}
//	503 {"error":"temporarily_unavailable","reason":"unavailable"}
//
// The reason is a word of tegata.Reason, or missing (there is no bearer token), wrong_kind
// (a token of the other kind), used (OneTime), internal (CheckRequest could not tell).
// Nothing that was sent is echoed. Whatever is not known lets nobody in.
//
// Each answer has Cache-Control: no-store and Vary: Authorization; a handler may set
// another Cache-Control.
//
// # Options
//
// Checks demands more of every token, CheckRequest more of that of one request, such as the
// user of its session. OneTime takes each ID token once. Observe tells what was decided,
// for metrics; the package itself logs nothing. An option that cannot work with the kind of
// token panics when the middleware is made.
//
// # Web login and account deletion
//
// Login is for a website that sends its users to the platform's login page. It makes state,
// nonce and PKCE (RFC 7636) for each login, keeps them in a sealed cookie, exchanges the
// code, and calls back with a verified user. It remembers nothing itself, so a website may
// have any number of servers. Refresh and Revoke are for the tokens that a login has given.
//
// Deauthorizer withdraws what a user has granted to a LIFF app or a website, which LINE
// demands when an account is deleted.
//
// Sessions, CORS and what a user may do are left to others.
package tegatahttp
