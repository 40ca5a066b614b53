package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/lan"
	"github.com/tegata-id/tegata/internal/control"
)

// announce prints what can be copied, the ready line last.
func (c devCmd) announce(ctx context.Context, s *devServer, io streams) error {
	env, err := s.env(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		if s.lan != nil {
			if _, err := fmt.Fprintf(io.err, "phones: %s pairing code %s\n", s.lan.base+lan.Path, spaced(s.lan.gate.Code())); err != nil {
				return err
			}
		}
		enc := json.NewEncoder(io.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(env)
	}
	var b strings.Builder
	line := func(name, format string, a ...any) {
		fmt.Fprintf(&b, "  %-9s %s\n", name, fmt.Sprintf(format, a...))
	}
	b.WriteString("tegata dev: LINE Login and LIFF on this machine. Not affiliated with LINE's owner.\n\n")
	if env.SimulatorURL == "" {
		line("simulator", "none: it answers at loopback addresses only")
	} else {
		line("simulator", "%s   a phone: your app as LINE's app runs it", env.SimulatorURL)
	}
	for _, a := range env.LIFFApps[:min(len(env.LIFFApps), max(2, len(c.App)))] {
		line("app", "%s   %s   LIFF URL %s", servedAt(a), a.Description, a.URL)
	}
	line("users", "%s", people(env.Users))
	line("platform", "%s   issuer %s", env.BaseURL, env.Issuer)
	line("TLS", "%s   answers as access.line.me, api.line.me, liff.line.me", env.TLSURL)
	line("channel", "%s   secret %s", env.ChannelID, env.ChannelSecret)
	if c.Data != "" {
		line("state", "%s   kept beyond the end", c.Data)
	}
	if clock := s.platform.Laboratory().Clock(); c.Freeze || !c.Clock.IsZero() {
		stands := ""
		if clock.Frozen {
			stands = ", frozen"
		}
		line("clock", "%s%s", stamp(clock.Now), stands)
	}
	line("settings", "tegata env   (dotenv, shell, json)")
	line("refused?", "tegata why REQUEST-ID   (the x-line-request-id of the answer)")
	if s.lan != nil {
		if err := s.lan.announce(&b, isTerminal(io.out)); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\nready %s\n", env.BaseURL)
	_, err = fmt.Fprint(io.out, b.String())
	return err
}

// servedAt returns where a browser opens an app: at its own port, where the official SDK
// finds the platform in place of LINE, if it has one.
func servedAt(a control.EnvLIFFApp) string {
	if len(a.ServedOrigins) == 0 {
		return a.EndpointURL
	}
	u, err := url.Parse(a.EndpointURL)
	if err != nil {
		return a.EndpointURL
	}
	return a.ServedOrigins[0] + u.RequestURI()
}

// people names the users, and their password if all have the same.
func people(users []control.EnvUser) string {
	if len(users) == 0 {
		return "none (add users to the seed file)"
	}
	handles, password := make([]string, len(users)), users[0].Password
	for i, u := range users {
		handles[i] = u.Handle
		if u.Password != password {
			password = ""
		}
	}
	names := strings.Join(handles, ", ")
	if password == "" {
		return names + "   (passwords: tegata env --format json)"
	}
	return names + "   (password " + password + ")"
}
