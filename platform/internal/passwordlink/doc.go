// Package passwordlink is the page to which the link of an invitation or of a password
// reset leads: a person sets a password there, once. It owns what a password must be like.
// It leaves the making of links to package console, and hashing to package login.
package passwordlink
