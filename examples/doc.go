// Package examples is a LIFF app and its server, as small as they can be and still be
// right. It owns the demo app's page, which logs in with the open LIFF client and sends
// its tokens, and the server's API, which verifies a token in each of the two ways of
// LINE's page "Using user data in LIFF apps and servers" and greets by name only whom a
// token vouches for. A profile that the page posts is refused, to show why.
//
// It keeps no session and no data, opens no port and reads no flags: that, and the
// platform which issues the tokens, are left to others. It reaches the platform as any
// server would, over HTTP. Read api.go first: it is what a server of your own needs.
package examples
