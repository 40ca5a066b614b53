// Package browsercmd is the command `tegata browser`: a Chromium, Chrome or Edge of this machine
// with a throw-away profile, to which LINE's names lead to a running `tegata dev`, and the
// flags for those who start the browser themselves. The app stays as it is. It leaves other
// programs than browsers to `tegata run`.
package browsercmd
