package runcmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/childenv"
	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/labcmd"
	"github.com/tegata-id/tegata/cmd/tegata/lineproxy"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/wire"
)

// Run is the command line of the command.
type Run struct {
	target.Target `embed:""`
	Verbose       bool     `short:"v" help:"Say on standard error which names the command asks for, and who answers."`
	Command       []string `arg:"" passthrough:"partial" help:"The command and its arguments."`
}

// Examples opens the command's help.
func (Run) Examples() string {
	return "  tegata run -- node server.js\n" +
		"  tegata run -- go test ./...\n" +
		"  tegata run -v -- curl https://api.line.me/oauth2/v2.1/certs\n" +
		"  tegata run --url http://localhost:4900 -- npx @line/liff-cli app list\n"
}

// Run runs the command and ends as it does.
func (c Run) Run(ctx context.Context, k *kong.Context) error {
	argv, err := c.argv()
	if err != nil {
		return err
	}
	program, err := look(argv[0])
	if err != nil {
		return err
	}
	platform, err := c.platform(ctx)
	if err != nil {
		return err
	}
	log := &notes{w: k.Stderr}
	if !c.Verbose {
		log.w = io.Discard
	}
	proxy, err := lineproxy.Start(lineproxy.Config{
		Names: wire.Hosts(), Platform: platform.address, PlatformCA: platform.pool,
		Upstream: lineproxy.Upstream(os.Getenv), Log: log.request,
	})
	if err != nil {
		return err
	}
	code, err := platform.runIn(ctx, k, proxy.URL(), program, argv)
	if err := errors.Join(err, proxy.Close()); err != nil {
		return err
	}
	if code != exit.Done {
		return exit.Status(code)
	}
	return nil
}

// argv returns the command without the -- before it.
func (c Run) argv() ([]string, error) {
	words := c.Command
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil, &exit.Error{Code: exit.Usage, Err: errors.New("no command is given"), Next: "write it after --, such as: tegata run -- node server.js"}
	}
	return words, nil
}

// runIn runs the command in an environment that is there as long as it runs.
func (p *platform) runIn(ctx context.Context, k *kong.Context, proxyURL, program string, argv []string) (code int, err error) {
	folder, err := os.MkdirTemp("", "tegata-run-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	environ, err := childenv.New(childenv.Config{
		Environ: os.Environ(), Folder: folder, ProxyURL: proxyURL, Names: wire.Hosts(), Platform: p.address, CAPEM: p.pem,
	})
	switch {
	case errors.Is(err, childenv.ErrNoRoots):
		return 0, &exit.Error{Code: exit.Config, Err: err, Next: "install them (Debian, Alpine: the package ca-certificates), or name their file by SSL_CERT_FILE, CURL_CA_BUNDLE and REQUESTS_CA_BUNDLE"}
	case err != nil:
		return 0, &exit.Error{Code: exit.Config, Err: fmt.Errorf("environment of the command: %w", err), Next: "see whether the files exist that the variables of your environment name"}
	}
	cmd := &exec.Cmd{Path: program, Args: argv, Env: environ, Stdin: os.Stdin, Stdout: k.Stdout, Stderr: k.Stderr}
	return (&child{cmd: cmd}).run(ctx)
}

// look finds the program. The exit codes are those of a shell.
func look(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, os.ErrPermission):
		return "", &exit.Error{Code: exit.NotExecutable, Err: fmt.Errorf("%s cannot be executed", name), Next: "see its permissions"}
	}
	return "", &exit.Error{Code: exit.NotFound, Err: fmt.Errorf("%s: command not found", name), Next: "write the program and its arguments as separate words after --"}
}

// platform is what `tegata dev` says of its TLS port.
type platform struct {
	address string // IP:PORT
	pem     []byte
	pool    *x509.CertPool
}

// platform asks the running `tegata dev`, and sees that its TLS port answers.
func (c Run) platform(ctx context.Context) (*platform, error) {
	client, err := c.Client()
	if err != nil {
		return nil, err
	}
	env, err := client.Env(ctx)
	if err != nil {
		return nil, labcmd.NoLab(err)
	}
	p := &platform{pem: []byte(env.TLSCAPEM), pool: x509.NewCertPool()}
	secure, err := url.Parse(env.TLSURL)
	if err != nil || secure.Host == "" || !p.pool.AppendCertsFromPEM(p.pem) {
		return nil, &exit.Error{Code: exit.Config, Err: fmt.Errorf("%s does not answer under LINE's names", c.URL), Next: "tegata run needs a `tegata dev`; see --tls-listen"}
	}
	// Without a name: a platform on another machine calls itself localhost.
	host, base := secure.Hostname(), client.BaseURL
	if u, err := url.Parse(base); err == nil && host == "localhost" {
		host = u.Hostname()
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, secure.Port()))
	if err != nil {
		return nil, &exit.Error{Code: exit.Unreachable, Err: fmt.Errorf("TLS port of tegata dev: %w", err), Next: "start `tegata dev` again; on another machine give it --tls-listen and --allow-remote"}
	}
	p.address = conn.RemoteAddr().String()
	return p, conn.Close()
}

// notes tells which requests the proxy has seen.
type notes struct {
	mu sync.Mutex
	w  io.Writer // guarded by mu
}

func (n *notes) request(target, way string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, _ = fmt.Fprintf(n.w, "tegata run: %s: %s\n", target, way)
}
