package web

import "embed"

// FS has the files by their paths below web/, such as "liff/dist/liff.js". It is
// read-only and may be used from many goroutines.
//
//go:embed liff/dist
var FS embed.FS
