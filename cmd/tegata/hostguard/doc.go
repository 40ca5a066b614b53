// Package hostguard keeps pages of other sites away from a server for development that has no
// password: a page whose name is made to resolve to this machine (DNS rebinding) is the same
// site as the server, to the browser, but it asks under its own name. The package owns which
// names, and which machines, are answered; what is answered is the handler's business.
package hostguard
