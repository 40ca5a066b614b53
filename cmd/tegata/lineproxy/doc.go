// Package lineproxy is an HTTP proxy on loopback for one command: what it asks under LINE's
// host names ends in a running platform, everything else goes where it would have gone, through
// the user's own proxy if there is one.
//
// It owns who may use it (whoever has the random credential of its URL), which targets it
// takes, and its bounds. It leaves to package childenv how programs are told of it, and to the
// platform what is answered. Inside a tunnel (RFC 9110, section 9.3.6) it sees ciphertext only;
// HTTP itself is parsed by net/http.
package lineproxy
