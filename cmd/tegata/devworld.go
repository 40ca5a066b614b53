package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/tegata-id/tegata/platform"
)

// world reads the seed and adds what the flags add.
func (c devCmd) world() (*platform.Seed, error) {
	seed, err := platform.DefaultSeed()
	if c.Seed != "" {
		var data []byte
		if data, err = os.ReadFile(c.Seed); err == nil {
			seed, err = platform.ParseSeed(c.Seed, data)
		}
	}
	if err != nil {
		return nil, &failure{exitConfig, err, "mend the seed file; the built-in one is platform/internal/lab/seed.yaml"}
	}
	if c.LAN && c.Seed == "" { // a seed of the developer's own keeps its secrets
		secretly(seed)
	}
	first := &seed.Channels[0]
	for _, u := range c.Callback {
		if err := platform.CheckCallback(u); err != nil {
			return nil, &failure{exitUsage, fmt.Errorf("--callback: %w", err), "give the exact URL to which the login comes back"}
		}
		first.Callbacks = append(first.Callbacks, u)
	}
	var apps []platform.SeedLIFFApp
	for i, u := range c.App {
		if err := platform.CheckEndpoint(u); err != nil {
			return nil, &failure{exitUsage, fmt.Errorf("--app: %w", err), "give the URL at which your dev server serves the LIFF app"}
		}
		apps = append(apps, platform.SeedLIFFApp{
			ID: fmt.Sprintf("%s-app%05d", first.ID, i+1), EndpointURL: endpoint(u), Description: "Your app at " + shortly(u),
			Scopes: []string{"openid", "profile", "email", "chat_message.write"}, View: "full",
		})
	}
	seed.LIFFApps = append(apps, seed.LIFFApps...)
	return seed, nil
}

// shortly leaves out the scheme, for the header of a phone.
func shortly(u string) string {
	_, rest, _ := strings.Cut(u, "://")
	return strings.TrimSuffix(rest, "/")
}

// endpoint writes an origin as browsers do, with a path.
func endpoint(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Path == "" {
		u.Path = "/"
		return u.String()
	}
	return raw
}
