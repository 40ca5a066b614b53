package target

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/internal/control"
)

// Target is the running platform that a command talks to, as flags.
type Target struct {
	URL   string `help:"Base URL of a running tegata dev, or the management URL of a tegata serve." env:"TEGATA_URL" default:"http://localhost:4800"`
	Token string `help:"Admin token; give it by the variable, since other users of the machine see arguments. Without it, the one that tegata dev left for this user." env:"TEGATA_ADMIN_TOKEN"`
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

// Client returns a client of the platform's admin API. The error is an *exit.Error if the
// URL is none, or no token is found.
func (t Target) Client() (*control.Client, error) {
	if err := checkURL(t.Base()); err != nil {
		return nil, err
	}
	token := t.Token
	if token == "" {
		var err error
		if token, err = readToken(t.Base()); err != nil {
			return nil, err
		}
	}
	return control.NewClient(t.Base(), token), nil
}

// checkURL refuses what no platform can be asked by. A password in it is not shown.
func checkURL(base string) error {
	next := "give the base URL that tegata dev printed, such as " + DefaultURL
	u, err := url.Parse(base)
	if err != nil { // whose text may have the password
		return &exit.Error{Code: exit.Usage, Err: errors.New("--url, or TEGATA_URL, cannot be read as a URL"), Next: next}
	}
	if u.User != nil {
		return &exit.Error{Code: exit.Usage, Err: errors.New("--url, or TEGATA_URL, has a user name or a password, for which no tegata asks"), Next: next + "; the admin token goes into --token"}
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Port() != "" && (err != nil || port == 0) {
		return &exit.Error{Code: exit.Usage, Err: fmt.Errorf("%q is no http or https URL", base), Next: next}
	}
	return nil
}
