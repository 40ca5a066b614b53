// Package lineca makes the authority for LINE's host names that a `tegata dev` has, and its
// certificates. It lives as long as the process: its key is never written, and it is never
// offered for installation, since whoever trusted it for good would trust who gets at the key
// to be LINE. Clients trust it for one run, by the pin or the PEM that `tegata env` shows. The
// authority that is installed is package localca's.
package lineca
