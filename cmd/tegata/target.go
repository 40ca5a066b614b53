package main

import "github.com/tegata-id/tegata/internal/control"

// target is the running platform that a command talks to.
type target struct {
	URL   string `help:"Base URL of a running tegata dev, or the management URL of a tegata serve." env:"TEGATA_URL" default:"http://localhost:4800"`
	Token string `help:"Admin token. Without it, the one that tegata dev left for this user." env:"TEGATA_ADMIN_TOKEN"`
}

// client returns a client of the platform's admin API.
func (t target) client() (*control.Client, error) {
	token := t.Token
	if token == "" {
		var err error
		if token, err = readToken(t.URL); err != nil {
			return nil, err
		}
	}
	return control.NewClient(t.URL, token), nil
}

// with calls f with a client of the platform.
func with(t target, f func(*control.Client) error) error {
	api, err := t.client()
	if err != nil {
		return err
	}
	return f(api)
}
