package web

import "embed"

// LAN has the page on which a phone of the same network is paired, under lan/. It is
// read-only and may be used from many goroutines.
//
//go:embed lan
var LAN embed.FS
