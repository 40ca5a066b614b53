// Package transport opens the addresses at which `tegata serve` is reached and gives them
// TLS: by certificate files, which are read again when they change, or by certificates that
// an authority issues by ACME. It leaves to others what is served.
package transport
