// Package lan lets phones of the same network in, and nobody else: the address at which they
// reach this machine, a code by which each is paired once, and what of the platform answers
// them. Certificates are package localca's, the listeners `tegata dev`'s.
package lan
