package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type serveCmd struct {
	service    `embed:""`
	FirstToken bool `help:"Print a new token for making an admin token, in place of one that was lost."`
	JSON       bool `help:"Print one line of JSON in place of the banner."`
}

// Examples opens the command's help.
func (serveCmd) Examples() string {
	return "  tegata serve --base-url https://id.example.com --acme-domain id.example.com --listen :443\n" +
		"  tegata serve --base-url https://id.example.com --proxy-trusted 127.0.0.1   (behind a proxy on this machine)\n" +
		"  tegata serve --config /etc/tegata/tegata.yaml\n" +
		"  tegata config check --config /etc/tegata/tegata.yaml\n" +
		"  tegata config print --origin   (every setting, its value or default, and where that comes from)\n"
}

// Run runs until ctx ends, and then lets open requests end.
func (c *serveCmd) Run(ctx context.Context, args *kong.Context, io streams) error {
	s, err := c.load(args)
	if err != nil {
		return err
	}
	if err := refuse(io, s.Check()); err != nil {
		return err
	}
	log := newLog(io, s.Log.Level, s.Log.Format)
	for _, note := range s.Notes {
		log.Warn(note)
	}
	n, err := startNode(ctx, s, c.FirstToken, log)
	if err != nil {
		return err
	}
	if err := c.announce(n, io); err != nil {
		return errors.Join(err, n.close())
	}
	select {
	case <-ctx.Done():
		log.Info("ending", "deadline", s.Shutdown)
		return n.close()
	case err := <-n.servers.Failed():
		return errors.Join(err, n.close())
	}
}

func newLog(io streams, level, format string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // one of the four: checked before
	opts := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(io.err, opts))
	}
	return slog.New(slog.NewTextHandler(io.err, opts))
}

// started is what --json prints.
type started struct {
	BaseURL    string `json:"baseUrl"`
	Listen     string `json:"listen"`
	HTTPListen string `json:"httpListen,omitempty"` // the port of plain http, with ACME
	Management string `json:"managementUrl"`
	Store      string `json:"store"`
	MasterKey  string `json:"masterKey"` // ID
	KeyMade    string `json:"masterKeyMade,omitempty"`
	FirstToken string `json:"firstAdminToken,omitempty"`
	FirstUntil string `json:"firstAdminTokenExpiresAt,omitempty"`
}

// announce prints where everything is, the ready line last.
func (c *serveCmd) announce(n *node, io streams) error {
	if c.JSON {
		enc := json.NewEncoder(io.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(n.started)
	}
	var b strings.Builder
	line := func(name, format string, a ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", name, fmt.Sprintf(format, a...))
	}
	at := n.started
	b.WriteString("tegata serve: an OpenID Provider that speaks LINE's wire. Not affiliated with LINE's owner.\n\n")
	line("public", "%s   at %s", at.BaseURL, at.Listen)
	line("management", "%s   admin API, /livez, /readyz, /metrics", at.Management)
	line("store", "%s", at.Store)
	line("master key", "%s", at.MasterKey)
	if at.KeyMade != "" {
		fmt.Fprintf(&b, "\nA master key has been made: %s\nKeep a copy of it apart from the backups of the store: without it their secrets are lost.\n", at.KeyMade)
	}
	if at.FirstToken != "" {
		fmt.Fprintf(&b, "\nThis is the first start. With this token, good for one use until %s, make your admin token:\n\n  tegata admin token create --name YOU --url %s --token %s\n",
			at.FirstUntil, at.Management, at.FirstToken)
	}
	fmt.Fprintf(&b, "\nready %s\n", at.BaseURL)
	_, err := fmt.Fprint(io.out, b.String())
	return err
}

// stamp writes a time for people.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
