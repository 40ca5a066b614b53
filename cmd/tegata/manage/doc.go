// Package manage is the commands with which operators make, change and remove what a
// platform knows: providers, channels, LIFF apps, users, admin tokens and keys. They talk
// to the admin API of a running tegata dev or tegata serve and decide nothing themselves.
package manage
