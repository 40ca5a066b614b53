package browsercmd

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/labcmd"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// Browser is the command browser.
type Browser struct {
	target.Target `embed:""`
	Page          string   `arg:"" optional:"" help:"URL to open: your app's, or a LIFF URL such as https://liff.line.me/LIFF-ID. By default the endpoint URL of the first LIFF app." placeholder:"URL"`
	Args          []string `arg:"" optional:"" help:"Further arguments of the browser, after --."`
	Browser       string   `help:"The browser: a name or a path. By default Chromium, Chrome or Edge, whichever is found first." env:"TEGATA_BROWSER" placeholder:"PATH"`
	Print         string   `help:"Start nothing and print the flags, for a browser that you start yourself: flags (one a line), json, playwright, puppeteer, selenium." enum:"flags,json,playwright,puppeteer,selenium,none" default:"none" placeholder:"FORM"`
	JSON          bool     `help:"The same as --print json."`
}

// Examples opens the command's help.
func (Browser) Examples() string {
	return "  tegata browser http://localhost:5173\n" +
		"  tegata browser https://liff.line.me/2000000001-app00001\n" +
		"  tegata browser http://localhost:5173 -- --headless=new --remote-debugging-port=9222\n" +
		"  tegata browser --print playwright\n"
}

// Run starts the browser and waits until it is closed, or prints the flags.
func (b Browser) Run(ctx context.Context, k *kong.Context) error {
	client, err := b.Client()
	if err != nil {
		return err
	}
	env, err := client.Env(ctx)
	if err != nil {
		return labcmd.NoLab(err)
	}
	flags, err := Flags(env)
	if err != nil {
		return &exit.Error{Code: exit.Config, Err: err, Next: "give the URL of a tegata dev by --url"}
	}
	streams := show.Of(k)
	if b.JSON {
		b.Print = "json"
	}
	if b.Print != "none" {
		_, err := io.WriteString(streams.Out, written(b.Print, flags))
		return err
	}
	page, err := b.page(env)
	if err != nil {
		return err
	}
	program, err := find(b.Browser)
	if err != nil {
		return err
	}
	flags = append(flags, quiet()...)
	if root() {
		flags = append(flags, "--no-sandbox")
		if err := show.Talk(streams, "you are root, as whom the browser has no sandbox: open pages of your own only"); err != nil {
			return err
		}
	}
	if err := show.Talk(streams, "%s opens %s; LINE's names lead to %s. Its profile is removed when it is closed, or by Ctrl-C.", program, page, env.BaseURL); err != nil {
		return err
	}
	return session{program: program, flags: append(flags, b.Args...), page: page, out: streams.Out}.run(ctx)
}

// page returns the page to open. What is no web page could be taken for a flag, or run as a
// script.
func (b Browser) page(env *control.Env) (string, error) {
	if b.Page == "" {
		if len(env.LIFFApps) == 0 {
			return "", &exit.Error{Code: exit.Usage, Err: fmt.Errorf("the platform at %s has no LIFF app to open", env.BaseURL), Next: "give a URL: tegata browser http://localhost:5173"}
		}
		return env.LIFFApps[0].EndpointURL, nil
	}
	u, err := url.Parse(b.Page)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", &exit.Error{Code: exit.Usage, Err: fmt.Errorf("%q is no URL of a page", b.Page), Next: "give one such as http://localhost:5173; arguments of the browser come after it and --"}
	}
	return u.String(), nil
}
