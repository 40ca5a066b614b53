package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/signal"
	"strings"
	"syscall"

	"github.com/tegata-id/tegata/cmd/tegata/hostguard"
)

type devCmd struct {
	Listen      string   `help:"Address of the platform. By default ${default}." env:"TEGATA_LISTEN" default:"127.0.0.1:4800" placeholder:"HOST:PORT"`
	TLSListen   string   `help:"Address at which the platform answers under LINE's host names by TLS. By default ${default}, a free port." env:"TEGATA_TLS_LISTEN" default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	DemoListen  string   `help:"Address of the demo app. By default the next port after --listen, or a free one." env:"TEGATA_DEMO_LISTEN" placeholder:"HOST:PORT"`
	AllowRemote bool     `help:"Allow addresses that other machines can reach." env:"TEGATA_ALLOW_REMOTE"`
	PublicURL   []string `help:"Further base URL under which the platform is reached, such as that of a proxy (repeatable)." env:"TEGATA_PUBLIC_URL" placeholder:"URL"`
	Issuer      string   `help:"Issuer: line (https://access.line.me, which LINE's SDK demands), own (the base URL) or a URL." env:"TEGATA_ISSUER" default:"line"`
	Seed        string   `help:"YAML file with the world to start from, in place of the demo world." env:"TEGATA_SEED" placeholder:"FILE"`
	App         []string `help:"Register your own LIFF app on the first channel by its URL, such as http://localhost:5173 (repeatable); auto finds your dev server on the usual ports." env:"TEGATA_APP" placeholder:"URL"`
	Callback    []string `help:"Register a callback URL on the first channel (repeatable)." env:"TEGATA_CALLBACK" placeholder:"URL"`
	AdminToken  string   `help:"Admin token of the control APIs, of at least 32 characters; give it by the variable, since other users of the machine see arguments. By default a random one, in a file that only you can read." env:"TEGATA_ADMIN_TOKEN" placeholder:"TOKEN"`
	WriteEnv    string   `help:"Write the LIFF ID of the first --app into this dotenv file, under the name that the framework of the package.json beside it reads." env:"TEGATA_WRITE_ENV" placeholder:"FILE"`
	LogLevel    string   `help:"debug (also what clients did wrong), info, warn or error." enum:"debug,info,warn,error" env:"TEGATA_LOG_LEVEL" default:"debug"`
	LogFormat   string   `help:"text or json." enum:"text,json" env:"TEGATA_LOG_FORMAT" default:"text"`
	JSON        bool     `help:"Print what tegata env --format json prints, as one line, in place of the banner."`

	stateFlags `embed:""`
	lanFlags   `embed:""`
}

// Examples opens the command's help.
func (devCmd) Examples() string {
	return "  tegata dev\n" +
		"  tegata dev --app auto --write-env .env.local\n" +
		"  tegata dev --app http://localhost:5173 --callback http://localhost:5173/callback\n" +
		"  tegata dev --app auto --lan\n" +
		"  tegata dev --listen 127.0.0.1:0 --json\n" +
		"  tegata dev --data tea.db\n" +
		"  tegata dev --seed world.yaml --issuer own\n" +
		"  tegata dev --deterministic tea --clock 2027-01-01 --freeze\n"
}

// Run runs until ctx ends.
func (c devCmd) Run(ctx context.Context, io streams) error {
	if !signal.Ignored(syscall.SIGHUP) { // as by nohup
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal was closed
		defer stop()
	}
	if err := c.refuseURLs(); err != nil {
		return err
	}
	if err := c.refuseRemote(io); err != nil {
		return err
	}
	if err := c.refuseState(); err != nil {
		return err
	}
	s, err := startDev(ctx, c, io)
	if err != nil {
		return err
	}
	if err := c.announce(ctx, s, io); err != nil {
		return errors.Join(err, s.close())
	}
	select {
	case <-ctx.Done():
		return s.close()
	case err := <-s.servers.Failed():
		return errors.Join(err, s.close())
	}
}

// refuseRemote refuses addresses that other machines can reach, unless they are asked for,
// and then says what is open, as it does for URLs by which others come through a proxy.
func (c devCmd) refuseRemote(io streams) error {
	for flag, addr := range map[string]string{"--listen": c.Listen, "--tls-listen": c.TLSListen, "--demo-listen": c.DemoListen} {
		if addr == "" && flag == "--demo-listen" {
			continue
		}
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return &failure{exitUsage, fmt.Errorf("%s %q is not HOST:PORT", flag, addr), "write it like 127.0.0.1:4800; port 0 takes a free one"}
		}
		if loopbackHost(host) {
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
	for _, u := range c.PublicURL {
		if host := hostguard.NameOf(u); loopbackHost(host) || strings.HasSuffix(host, ".localhost") {
			continue
		}
		if _, err := fmt.Fprintf(io.err, "warning: whoever reaches %s can log in as any demo user\n", u); err != nil {
			return err
		}
	}
	return nil
}

// loopbackHost says whether a host to listen at is this machine alone.
func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// refuseURLs refuses an issuer and base URLs that are none, by the names of their flags.
func (c devCmd) refuseURLs() error {
	if u, err := url.Parse(c.Issuer); c.Issuer != "line" && c.Issuer != "own" && (err != nil || !web(u) || u.RawQuery != "" || u.Fragment != "") {
		return &failure{exitUsage, fmt.Errorf("--issuer %q is no issuer", c.Issuer), "give line, own, or a URL without query and fragment"}
	}
	for _, base := range c.PublicURL {
		if u, err := url.Parse(base); err != nil || !web(u) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return &failure{exitUsage, fmt.Errorf("--public-url %q is no base URL", base), "write it like https://tea.example.com: scheme, host and perhaps a port"}
		}
	}
	return nil
}

// web says whether a URL is one of the web, without user name and password.
func web(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
