// Package oauth2 holds the words of the protocol: parameters, scopes, error codes,
// and the two dialects in which LINE writes errors. It decides nothing about
// channels or users; that is for the endpoint packages. It imports nothing of ours.
package oauth2
