package web

import "embed"

// Simulator has the pages of the LIFF browser for development: styles and templates
// under simulator/, built scripts under simulator/dist/. It is read-only and may be used
// from many goroutines.
//
//go:embed simulator/*.tmpl simulator/*.css simulator/*.svg simulator/dist
var Simulator embed.FS
