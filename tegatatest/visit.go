package tegatatest

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
)

type (
	channel = control.EnvChannel
	liffApp = control.EnvLIFFApp
)

// Visitor is somebody at a browser, and what they do on the platform's pages. The zero
// value is the first persona, who allows everything.
type Visitor struct {
	User        string // handle
	Deny        bool   // cancels on the consent page
	RefuseEmail bool   // unticks the e-mail address
	AddFriend   bool   // adds the LINE Official Account, if that is offered
	// Browser keeps the cookies, so that a later visit finds the session of this one. Nil:
	// a new browser.
	Browser http.CookieJar
}

// maxSteps bounds the pages of a login.
const maxSteps = 8

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	hidden     = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	checkbox   = regexp.MustCompile(`<input type="checkbox" name="scope" value="([^"]+)"`)
)

// Visit opens an authorization URL, such as the one to which the app under test redirects,
// in a browser without a screen, does what the visitor would do, and returns the URL to
// which the platform sends the browser back: hand it to the app's callback. An answer by
// form_post is returned as a query. The error is a *LoginError if the browser is not sent
// back, or that of the connection.
func (p *Platform) Visit(ctx context.Context, authorizeURL string, v Visitor) (*url.URL, error) {
	at, err := p.resolve(p.URL, authorizeURL)
	if err != nil {
		return nil, err
	}
	b := &browser{p: p, visitor: v, client: p.Client()}
	if b.client.Jar = v.Browser; v.Browser == nil {
		if b.client.Jar, err = cookiejar.New(nil); err != nil {
			return nil, fmt.Errorf("login: cookies: %w", err)
		}
	}
	method, form := http.MethodGet, url.Values(nil)
	for range maxSteps {
		resp, body, err := p.do(ctx, b.client, method, at.String(), form)
		if err != nil {
			return nil, err
		}
		next := resp.Header.Get("Location")
		if next == "" {
			step, callback, err := b.act(ctx, at, resp, string(body))
			if err != nil || callback != nil {
				return callback, err
			}
			method, at, form = http.MethodPost, step.to, step.form
			continue
		}
		if at, err = p.resolve(at.String(), next); err != nil {
			return nil, err
		}
		if !p.ours(at) {
			return at, nil
		}
		method, form = http.MethodGet, nil
	}
	return nil, fmt.Errorf("login: no end after %d pages", maxSteps)
}

// browser is one on its way through the pages.
type browser struct {
	p       *Platform
	visitor Visitor
	client  *http.Client
}

// step is a form that is sent.
type step struct {
	to   *url.URL
	form url.Values
}

// act fills in a page's form, or returns the callback to which the page posts.
func (b *browser) act(ctx context.Context, at *url.URL, resp *http.Response, page string) (*step, *url.URL, error) {
	action := formAction.FindStringSubmatch(page)
	if resp.StatusCode != http.StatusOK || action == nil {
		return nil, nil, b.p.explain(ctx, &LoginError{Description: fmt.Sprintf("%s answered %d", at.Path, resp.StatusCode), Status: resp.StatusCode},
			resp.Header.Get(wire.HeaderRequestID))
	}
	to, err := b.p.resolve(at.String(), html.UnescapeString(action[1]))
	if err != nil {
		return nil, nil, err
	}
	form := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
	}
	switch {
	case to.Path == wire.PathLogin:
		first, ok := find(b.p.world.Users, func(control.EnvUser) bool { return true })
		if b.visitor.User == "" && !ok {
			return nil, nil, errors.New("login: nobody can log in: the seed has no users")
		}
		form.Set("persona", or(b.visitor.User, first.Handle))
	case to.Path == wire.PathConsent:
		b.consent(form, page)
	default:
		to.RawQuery = strings.TrimPrefix(to.RawQuery+"&"+form.Encode(), "&")
		return nil, to, nil
	}
	return &step{to, form}, nil, nil
}

// consent fills in the consent page, or the one that offers a friend.
func (b *browser) consent(form url.Values, page string) {
	switch {
	case strings.Contains(page, `name="decision" value="skip"`):
		form.Set("decision", "skip")
		if b.visitor.AddFriend {
			form.Set("decision", "add")
		}
		return
	case b.visitor.Deny:
		form.Set("decision", "deny")
		return
	}
	form.Set("decision", "allow")
	if b.visitor.AddFriend {
		form.Set("add_friend", "true")
	}
	for _, box := range checkbox.FindAllStringSubmatch(page, -1) {
		if box[1] != "email" || !b.visitor.RefuseEmail {
			form.Add("scope", box[1])
		}
	}
}

// resolve returns a reference as a URL.
func (p *Platform) resolve(base, ref string) (*url.URL, error) {
	from, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("login: URL: %w", err)
	}
	to, err := from.Parse(ref)
	if err != nil {
		return nil, fmt.Errorf("login: URL: %w", err)
	}
	return to, nil
}

// ours says whether a URL is of the platform's login.
func (p *Platform) ours(u *url.URL) bool {
	_, own, _ := strings.Cut(p.URL, "://")
	paths := []string{wire.PathAuthorize, wire.PathLogin, wire.PathConsent, wire.PathLIFFAuthorize}
	return (u.Host == own || lineHost(u.Hostname())) && slices.Contains(paths, u.Path)
}

// scopes returns what a login asks for if that is not said.
func (p *Platform) scopes(channelID string, asked []string) []string {
	if asked != nil {
		return asked
	}
	usual := []string{"openid", "profile"}
	if c, err := p.store.Channel(context.Background(), channelID); err == nil && slices.Contains(c.Scopes, "email") {
		usual = append(usual, "email")
	}
	return usual
}

// explain adds what the event log says of a request, or of the last refusal.
func (p *Platform) explain(ctx context.Context, e *LoginError, requestID string) error {
	if requestID == "" {
		return e
	}
	events, err := p.store.EventsOf(ctx, requestID)
	if err != nil || len(events) == 0 {
		return e
	}
	last := events[len(events)-1]
	e.Check, e.Fix = last.Check, last.Fix
	return e
}
