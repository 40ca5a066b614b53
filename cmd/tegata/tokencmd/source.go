package tokencmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
)

// expected is what a server expects of a token, as flags.
type expected struct {
	target.Target     `embed:""`
	LINE              bool      `name:"line" help:"The token is of LINE itself: take its keys, and ask it, in place of a tegata."`
	Channel           string    `help:"Your server's own channel ID; else the first one of the tegata dev." env:"LINE_CHANNEL_ID" placeholder:"ID"`
	ChannelSecretFile string    `help:"File with the channel secret, the key of HS256; else LINE_CHANNEL_SECRET, or what the tegata dev has." placeholder:"FILE"`
	Issuer            string    `help:"The issuer; else that of the platform, or LINE's." placeholder:"URL"`
	Nonce             string    `help:"The nonce that the login was begun with."`
	UserID            string    `help:"The user whom the token must be about, such as that of a session." placeholder:"ID"`
	MaxAge            when.Span `help:"How long ago the user may have logged in, such as 10m."`
	AMR               []string  `name:"amr" help:"Methods by which the user must have logged in, such as mfa." placeholder:"METHOD"`
	Leeway            when.Span `help:"How far clocks may differ, at most 5m." default:"1m"`
	At                when.Time `help:"Judge by this time, in place of the platform's or this machine's clock." placeholder:"TIME"`
}

// source is a platform as far as it could be asked, and what is known without.
type source struct {
	name    string // for people; empty: nothing is asked
	base    string // origin of its API; empty: nothing is asked
	api     *control.Client
	issuer  string
	channel string
	secret  string
	now     func() time.Time
	clock   string
	why     string // there is no base
}

// find finds the platform, or knows why there is none to ask. An error is one that the
// person who named a platform must know.
func (e expected) find(ctx context.Context, offline bool) (*source, error) {
	secret, err := readSecret(e.ChannelSecretFile)
	if err != nil {
		return nil, err
	}
	s := &source{issuer: wire.Issuer, channel: e.Channel, secret: secret, now: time.Now, clock: "by this machine's clock"}
	switch {
	case e.LINE && e.Base() != target.DefaultURL && os.Getenv("TEGATA_URL") != e.Base():
		return nil, &exit.Error{Code: exit.Usage, Err: errBoth("--line", "--url"), Next: "give one of the two"}
	case offline:
		s.why = "nothing is asked: --offline"
	case e.LINE:
		s.name, s.base = "LINE", "https://"+wire.HostAPI
	default:
		err = e.findTegata(ctx, s)
	}
	if e.Issuer != "" {
		s.issuer = e.Issuer
	}
	if !e.At.IsZero() {
		s.now, s.clock = func() time.Time { return e.At.Time }, "as --at says"
	}
	return s, err
}

// findTegata finds the tegata at the URL. That there is none at the default URL is no
// error: nobody said that there is.
func (e expected) findTegata(ctx context.Context, s *source) error {
	if err := safeBase(e.Base()); err != nil {
		return err
	}
	named := e.Base() != target.DefaultURL
	api, err := e.Client()
	if err != nil && !named {
		s.why = "no tegata dev of yours runs at " + target.DefaultURL + "; start one, name another platform with --url or --line, or give --jwks or --channel-secret-file"
		return nil
	}
	s.name, s.base = "the tegata at "+e.Base(), strings.TrimSuffix(e.Base(), "/")
	var env *control.Env
	if err == nil {
		env, err = api.Env(ctx)
	}
	switch {
	case err == nil:
		return e.takeDev(ctx, s, api, env)
	case errors.Is(err, control.ErrUnreachable) && !named: // a token file of one that was killed
		s.name, s.base, s.why = "", "", "no tegata dev answers at "+target.DefaultURL
		return nil
	case errors.As(err, new(*control.Error)), ctx.Err() != nil: // such as a wrong --token, or Ctrl-C
		return err
	}
	// No tegata dev of ours, but maybe a service: it publishes who it is.
	var published wire.Discovery
	status, err := getJSON(ctx, newClient(), s.base+wire.PathDiscovery, "", &published)
	if err != nil || status != http.StatusOK || published.Issuer == "" {
		return &exit.Error{
			Code: exit.Unreachable, Err: fmt.Errorf("no tegata dev, and no public side of a service, answers at %s", e.Base()),
			Next: "start it with `tegata dev`, or give the public URL of a service; tegata token inspect --offline asks nobody",
		}
	}
	s.issuer = published.Issuer
	return nil
}

// takeDev takes what a tegata dev tells: issuer, channel, its secret, and the time.
func (e expected) takeDev(ctx context.Context, s *source, api *control.Client, env *control.Env) error {
	s.api, s.issuer = api, env.Issuer
	if s.channel == "" {
		s.channel = env.ChannelID
	}
	if e.ChannelSecretFile == "" {
		for _, c := range env.Channels {
			if c.ChannelID == s.channel {
				s.secret = c.ChannelSecret
			}
		}
	}
	clock, err := api.LabClock(ctx)
	if err != nil {
		return err
	}
	read := time.Now()
	s.clock, s.now = "by the platform's clock", func() time.Time { return clock.Now.Add(time.Since(read)) }
	if clock.Frozen {
		s.clock, s.now = "by the platform's clock, which is frozen", func() time.Time { return clock.Now }
	}
	return nil
}

// newClient returns a client that sends a token nowhere but where it is told to.
func newClient() *http.Client { return control.NewClient("", "").HTTP }

// safeBase refuses to send tokens, or to take keys, over a wire that others can read.
func safeBase(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return &exit.Error{Code: exit.Usage, Err: fmt.Errorf("%q is no URL", base), Next: "write it like http://localhost:4800 or https://id.example.com"}
	}
	host := strings.ToLower(u.Hostname())
	ip := net.ParseIP(host)
	if u.Scheme == "http" && host != "localhost" && !strings.HasSuffix(host, ".localhost") && (ip == nil || !ip.IsLoopback()) {
		return &exit.Error{
			Code: exit.Refused, Err: fmt.Errorf("%s is http on another machine: whoever is on the way reads the token, or changes the keys", base),
			Next: "give its https URL",
		}
	}
	return nil
}

// fetch gets a little.
func fetch(ctx context.Context, client *http.Client, at, bearer string, most int64) (resp *http.Response, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, nil, errors.New("the URL cannot be asked") // err would show it, and a token with it
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err = client.Do(req)
	var inner *url.Error
	if errors.As(err, &inner) { // its text has the URL
		err = inner.Err
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err == nil && int64(len(body)) > most {
		err = fmt.Errorf("the answer has more than %d bytes", most)
	}
	return resp, body, err
}
