// Package target finds the running platform that a command talks to: its URL, and the admin
// token that `tegata dev` leaves in a file of the user's. It leaves what to ask to others.
package target
