package examples

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tegata-id/tegata"
)

// Config says which platform the LIFF apps log in at, and which apps there are.
type Config struct {
	// BaseURL is the origin of the platform, such as http://localhost:4800. Empty
	// means LINE's hosts.
	BaseURL string
	// Issuer is the iss of its ID tokens. Empty means https://access.line.me.
	Issuer string
	// Apps are the LIFF apps to serve; there must be one. Apps of one channel share a
	// verifier.
	Apps []App
	// Now is the clock that decides about expiry; nil means time.Now.
	Now func() time.Time
}

// App is one LIFF app. All of it comes from configuration, never from a request.
type App struct {
	// LIFFID is the app's LIFF ID: channel ID, hyphen, name.
	LIFFID string
	// Path is the path of its endpoint URL, such as / or /order/. A query is left out.
	Path string
	// Title is the heading of its page; empty means a plain one.
	Title string
}

// staticPath is where scripts and styles are, shared by all apps.
const staticPath = "/static/"

// maxBody bounds request bodies in bytes. No handler here reads one.
const maxBody = 64 << 10

// New returns a handler that serves each app's page at its path, config.json and the
// API below it, and the files that all pages share. The handler may be used by many
// goroutines. The error names what to mend in cfg.
func New(cfg Config) (http.Handler, error) {
	if len(cfg.Apps) == 0 {
		return nil, errors.New("examples: Config.Apps is empty: give at least one LIFF app")
	}
	files, err := newFiles()
	if err != nil {
		return nil, fmt.Errorf("examples: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle(staticPath, files)
	verifiers := map[string]*tegata.Verifier{} // by channel ID
	paths := map[string]bool{}
	for _, app := range cfg.Apps {
		if err := app.normal(); err != nil {
			return nil, fmt.Errorf("examples: %w", err)
		}
		if paths[app.Path] {
			return nil, fmt.Errorf("examples: two apps have the path %s: give each its own", app.Path)
		}
		paths[app.Path] = true
		verifier, err := verifierOf(verifiers, cfg, app)
		if err != nil {
			return nil, fmt.Errorf("examples: app %s: %w", app.LIFFID, err)
		}
		if err := mountPage(mux, cfg, app); err != nil {
			return nil, fmt.Errorf("examples: app %s: %w", app.LIFFID, err)
		}
		mountAPI(mux, app.Path+"api/", verifier)
	}
	return http.MaxBytesHandler(mux, maxBody), nil
}

// liffID is the form of a LIFF ID.
var liffID = regexp.MustCompile(`^[0-9]{1,20}-[0-9A-Za-z]{1,32}$`)

// appPath is the form of paths: they become patterns of the mux and part of the page.
var appPath = regexp.MustCompile(`^/([0-9A-Za-z_-]+/)*$`)

// normal fills in what may be left out and refuses what cannot be served.
func (a *App) normal() error {
	if !liffID.MatchString(a.LIFFID) {
		return fmt.Errorf("App.LIFFID %q: want a LIFF ID such as 2000000001-demo0001", a.LIFFID)
	}
	a.Path, _, _ = strings.Cut(a.Path, "?")
	if a.Path != "" && !strings.HasSuffix(a.Path, "/") {
		a.Path += "/"
	}
	if !appPath.MatchString(a.Path) {
		return fmt.Errorf("App.Path %q of %s: want the path of the endpoint URL, such as / or /order/", a.Path, a.LIFFID)
	}
	if strings.HasPrefix(a.Path, staticPath) || strings.Contains(a.Path, "/api/") {
		return fmt.Errorf("App.Path %q of %s is used for other things: choose another", a.Path, a.LIFFID)
	}
	if a.Title == "" {
		a.Title = "LIFF app"
	}
	return nil
}

// verifierOf returns the verifier of the app's channel. Which channel that is, its LIFF
// ID says, which is configured: a token has no say in who verifies it.
func verifierOf(verifiers map[string]*tegata.Verifier, cfg Config, app App) (*tegata.Verifier, error) {
	channelID, _, _ := strings.Cut(app.LIFFID, "-")
	if v := verifiers[channelID]; v != nil {
		return v, nil
	}
	v, err := tegata.New(tegata.Config{ChannelID: channelID, BaseURL: cfg.BaseURL, Issuer: cfg.Issuer, Now: cfg.Now})
	if err != nil {
		return nil, err
	}
	verifiers[channelID] = v
	return v, nil
}

// origin is the form of a BaseURL that may stand in a Content-Security-Policy.
var origin = regexp.MustCompile(`^https?://[0-9A-Za-z.:\[\]-]+$`)

// originOf returns the origin of the platform, empty for LINE's.
func originOf(baseURL string) (string, error) {
	if baseURL == "" {
		return "", nil
	}
	u, err := url.Parse(baseURL)
	if err != nil || !origin.MatchString(u.Scheme+"://"+u.Host) {
		return "", fmt.Errorf("Config.BaseURL %q: want an origin such as http://localhost:4800", baseURL)
	}
	return u.Scheme + "://" + u.Host, nil
}
