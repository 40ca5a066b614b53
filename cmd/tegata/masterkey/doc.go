// Package masterkey reads and makes the files of the master key, with which secrets in the
// store are sealed. A file has one line: a mark, a space, and 32 bytes in base64. Nobody
// but its owner may be able to read it.
package masterkey
