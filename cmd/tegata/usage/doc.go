// Package usage reads a command line as people write it, and says of one that cannot be read
// where to look. It owns no command and no flag.
package usage
