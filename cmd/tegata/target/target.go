package target

import "github.com/tegata-id/tegata/internal/control"

// Target is the running platform that a command talks to, as flags.
type Target struct {
	URL   string `help:"Base URL of a running tegata dev, or the management URL of a tegata serve." env:"TEGATA_URL" default:"http://localhost:4800"`
	Token string `help:"Admin token. Without it, the one that tegata dev left for this user." env:"TEGATA_ADMIN_TOKEN"`
}

// DefaultURL is where tegata dev is if nothing else is said.
const DefaultURL = "http://localhost:4800"

// Base returns the URL: an empty one, such as of a variable that is there and empty, is the
// default.
func (t Target) Base() string {
	if t.URL == "" {
		return DefaultURL
	}
	return t.URL
}

// Client returns a client of the platform's admin API. The error is an *exit.Error if no
// token is found.
func (t Target) Client() (*control.Client, error) {
	token := t.Token
	if token == "" {
		var err error
		if token, err = readToken(t.Base()); err != nil {
			return nil, err
		}
	}
	return control.NewClient(t.Base(), token), nil
}
