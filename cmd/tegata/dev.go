package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
)

type devCmd struct {
	Listen      string   `help:"Address of the platform." env:"TEGATA_LISTEN" default:"127.0.0.1:4800" placeholder:"HOST:PORT"`
	TLSListen   string   `help:"Address at which the platform answers under LINE's host names by TLS." env:"TEGATA_TLS_LISTEN" default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	DemoListen  string   `help:"Address of the demo app. By default the next port after --listen, or a free one." env:"TEGATA_DEMO_LISTEN" placeholder:"HOST:PORT"`
	AllowRemote bool     `help:"Allow addresses that other machines can reach." env:"TEGATA_ALLOW_REMOTE"`
	PublicURL   []string `help:"Further base URL under which the platform is reached, such as that of a proxy (repeatable)." env:"TEGATA_PUBLIC_URL" placeholder:"URL"`
	Issuer      string   `help:"Issuer: line (https://access.line.me, which LINE's SDK demands), own (the base URL) or a URL." env:"TEGATA_ISSUER" default:"line"`
	Seed        string   `help:"YAML file with the world to start from, in place of the demo world." env:"TEGATA_SEED" placeholder:"FILE"`
	App         []string `help:"Register your own LIFF app on the first channel by its URL, such as http://localhost:5173 (repeatable)." env:"TEGATA_APP" placeholder:"URL"`
	Callback    []string `help:"Register a callback URL on the first channel (repeatable)." env:"TEGATA_CALLBACK" placeholder:"URL"`
	LogLevel    string   `help:"debug (also what clients did wrong), info, warn or error." enum:"debug,info,warn,error" env:"TEGATA_LOG_LEVEL" default:"debug"`
	LogFormat   string   `help:"text or json." enum:"text,json" env:"TEGATA_LOG_FORMAT" default:"text"`
	JSON        bool     `help:"Print what tegata env --format json prints, as one line, in place of the banner."`
}

// Examples opens the command's help.
func (devCmd) Examples() string {
	return "  tegata dev\n" +
		"  tegata dev --app http://localhost:5173 --callback http://localhost:5173/callback\n" +
		"  tegata dev --listen 127.0.0.1:0 --json\n" +
		"  tegata dev --seed world.yaml --issuer own\n"
}

// Run runs until ctx ends.
func (c devCmd) Run(ctx context.Context, io streams) error {
	if err := c.refuseRemote(io); err != nil {
		return err
	}
	seed, err := c.world()
	if err != nil {
		return err
	}
	s, err := startDev(ctx, c, seed, c.logger(io))
	if err != nil {
		return err
	}
	if err := c.announce(ctx, s, io); err != nil {
		return errors.Join(err, s.close())
	}
	select {
	case <-ctx.Done():
		return s.close()
	case err := <-s.failed:
		return errors.Join(err, s.close())
	}
}

// refuseRemote refuses addresses that other machines can reach, unless they are
// asked for, and then says what is open.
func (c devCmd) refuseRemote(io streams) error {
	for flag, addr := range map[string]string{"--listen": c.Listen, "--tls-listen": c.TLSListen, "--demo-listen": c.DemoListen} {
		if addr == "" {
			continue
		}
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return &failure{exitUsage, fmt.Errorf("%s %q is not HOST:PORT", flag, addr), "write it like 127.0.0.1:4800; port 0 takes a free one"}
		}
		if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
			continue
		}
		if !c.AllowRemote {
			return &failure{
				exitRefused, fmt.Errorf("%s %s can be reached from other machines, and everybody knows the demo passwords and secrets", flag, addr),
				"listen on 127.0.0.1, or add --allow-remote if you mean it",
			}
		}
		if _, err := fmt.Fprintf(io.err, "warning: %s %s is open to other machines: whoever reaches it can log in as any demo user\n", flag, addr); err != nil {
			return err
		}
	}
	return nil
}

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
			ID: fmt.Sprintf("%s-app%05d", first.ID, i+1), EndpointURL: endpoint(u), Description: "Your app at " + u,
			Scopes: []string{"openid", "profile", "email", "chat_message.write"}, View: "full",
		})
	}
	seed.LIFFApps = append(apps, seed.LIFFApps...)
	return seed, nil
}

// endpoint writes an origin as browsers do, with a path.
func endpoint(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Path == "" {
		u.Path = "/"
		return u.String()
	}
	return raw
}

func (c devCmd) logger(io streams) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // one of the four: checked by the parser
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(io.err, opts))
	}
	return slog.New(slog.NewTextHandler(io.err, opts))
}

// announce prints what can be copied, the ready line last.
func (c devCmd) announce(ctx context.Context, s *devServer, io streams) error {
	env, err := s.env(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(io.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(env)
	}
	var b strings.Builder
	line := func(name, format string, a ...any) {
		fmt.Fprintf(&b, "  %-9s %s\n", name, fmt.Sprintf(format, a...))
	}
	b.WriteString("tegata dev: LINE Login and LIFF on this machine. Not affiliated with LINE's owner.\n\n")
	for _, a := range env.LIFFApps[:min(len(env.LIFFApps), 2)] {
		line("app", "%s   %s   LIFF URL %s", a.EndpointURL, a.Description, a.URL)
	}
	line("users", "%s", people(env.Users))
	line("platform", "%s   issuer %s", env.BaseURL, env.Issuer)
	line("TLS", "%s   answers as access.line.me, api.line.me, liff.line.me", env.TLSURL)
	line("channel", "%s   secret %s", env.ChannelID, env.ChannelSecret)
	line("settings", "tegata env   (dotenv, shell, json)")
	line("refused?", "tegata why REQUEST-ID   (the x-line-request-id of the answer)")
	fmt.Fprintf(&b, "\nready %s\n", env.BaseURL)
	_, err = fmt.Fprint(io.out, b.String())
	return err
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

// nextPort returns the address after addr, for the demo app.
func nextPort(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort(tcp.IP.String(), strconv.Itoa(tcp.Port+1))
}
