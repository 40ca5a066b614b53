//go:build !unix

package main

import "io/fs"

// ownedByUs trusts the temporary directory of systems that give each user one.
func ownedByUs(fs.FileInfo) bool { return true }
