// Package tegatahttp is middleware for net/http: it lets a request through only with a
// token that package tegata has verified, and puts the user into its context.
//
// The token is read from the Authorization header alone, as a bearer token (RFC 6750
// section 2.1): never from the URL, where it would be logged, and never from the body
// or a cookie. What the request says of a user elsewhere is not looked at.
//
// A refused request gets an answer by RFC 6750 section 3 whose body says why in one
// word, such as {"error":"invalid_token","reason":"expired"}, so that the app can log
// the user in again. Sessions, CORS and what a user may do are left to others.
package tegatahttp
