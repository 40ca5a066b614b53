package main

import (
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/examples"
	"github.com/tegata-id/tegata/internal/control"
)

// demoApp returns the demo LIFF apps of a seed with their server. They talk to the
// platform as anybody's would: over HTTP, believing verified tokens only. nil means
// that the seed has none.
func demoApp(env *control.Env, origin string) (http.Handler, error) {
	cfg := examples.Config{BaseURL: env.BaseURL, Issuer: env.Issuer}
	for _, a := range env.LIFFApps {
		if path, ok := strings.CutPrefix(a.EndpointURL, origin); ok {
			cfg.Apps = append(cfg.Apps, examples.App{LIFFID: a.LIFFID, Path: path, Title: a.Description})
		}
	}
	if len(cfg.Apps) == 0 {
		return nil, nil
	}
	return examples.New(cfg)
}
