// Package trust is the command trust: it installs the local certificate authority where this
// machine's programs look, removes it, and shows it. How each system and browser wants to be
// told is a library's; what the authority may vouch for is package localca's.
package trust
