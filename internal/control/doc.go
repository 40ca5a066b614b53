// Package control holds the JSON types and the client of the platform's own API for
// operators and developers, below /_tegata/admin/v1/. The command line uses it; the
// platform answers with the same types.
package control
