package web

import "embed"

// Pages has the templates, styles and scripts of the pages under pages/, their
// messages under locales/ (one JSON file a language) and the personas' portraits
// under pictures/. It is read-only and may be used from many goroutines.
//
//go:embed pages locales pictures
var Pages embed.FS
