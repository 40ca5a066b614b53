package page

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// The two forms of a form target. Nothing that means more in a policy, such as a star
// or a semicolon, passes.
var (
	hostSource   = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]{0,62})://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)
	schemeSource = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]{0,62}):$`)
)

// policy is the Content-Security-Policy of a page: its own style, scripts, pictures
// and forms, and nothing else.
func (s *shell) policy() (string, error) {
	form := "'self'"
	if s.visit.FormTarget != "" {
		source, err := formSource(s.visit.FormTarget)
		if err != nil {
			return "", err
		}
		form += " " + source
	}
	images := append([]string{"'self'"}, s.images...)
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src " + strings.Join(images, " ") +
		"; form-action " + form + "; frame-ancestors 'none'; base-uri 'none'", nil
}

// formSource checks a form target again before it becomes part of a header: whoever
// could put more into it would loosen the policy.
func formSource(target string) (string, error) {
	if m := hostSource.FindStringSubmatch(target); m != nil && !browserScheme(m[1]) {
		if strings.HasPrefix(m[2], "[") {
			// Sources have no IPv6 addresses (Content Security Policy Level 3, 2.3.1): any
			// host on that port is the narrowest that lets the answer through.
			return m[1] + "://*" + m[3], nil
		}
		return target, nil
	}
	// https: alone would let the form go to every site.
	if m := schemeSource.FindStringSubmatch(target); m != nil && !browserScheme(m[1]) && !webScheme(m[1]) {
		return target, nil
	}
	return "", errors.New("form target is neither scheme://host[:port] nor the scheme of an app with its colon")
}

// browserScheme says whether a URL of a scheme runs or reads something in the browser.
func browserScheme(scheme string) bool {
	return slices.Contains([]string{"javascript", "vbscript", "data", "blob", "file", "filesystem", "about", "view-source"}, strings.ToLower(scheme))
}

func webScheme(scheme string) bool {
	return slices.Contains([]string{"http", "https", "ws", "wss"}, strings.ToLower(scheme))
}

// webOrigin returns the origin of an absolute http or https URL.
func webOrigin(raw string) (string, error) {
	for _, c := range raw {
		if c <= ' ' || c == 0x7f || c == '\\' {
			return "", errors.New("URL has a space, a control character or a backslash")
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("it is no URL") // the parser's error repeats the URL
	}
	origin := u.Scheme + "://" + u.Host
	if u.Scheme != "http" && u.Scheme != "https" || !hostSource.MatchString(origin) {
		return "", errors.New("it is no http or https URL with a host")
	}
	return origin, nil
}

// weblink returns a URL that a link to another site may have, or nothing.
func weblink(raw string) string {
	if _, err := webOrigin(raw); err != nil {
		return ""
	}
	return raw
}

// link returns a URL of this site or another that a link may have, or nothing.
func link(raw string) string {
	if ownPath(raw) {
		return raw
	}
	return weblink(raw)
}

// ownPath says whether a URL is a path on this site.
func ownPath(raw string) bool {
	return strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") && !strings.ContainsAny(raw, "\\\t\r\n")
}

// shownPicture returns a picture's URL if the page may show it, and its origin if it
// has one. Pictures come over https, or from this machine or this server: whoever
// listens on the way must not learn who logs in.
func shownPicture(raw, host string) (shown, origin string) {
	if ownPath(raw) {
		return raw, ""
	}
	origin, err := webOrigin(raw)
	if err != nil || strings.Contains(origin, "[") {
		return "", ""
	}
	scheme, at, _ := strings.Cut(origin, "://")
	if scheme == "https" || at == host || loopback(at) {
		return raw, origin
	}
	return "", ""
}

func loopback(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// setHeaders sets the headers of every page.
func (s *shell) setHeaders(w http.ResponseWriter) error {
	policy, err := s.policy()
	if err != nil {
		return fmt.Errorf("page %s: %w", s.name, err)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", s.Lang)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language, Cookie")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// Not no-referrer: the LIFF SDK on Android looks at the referrer's origin.
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	if s.referrer != "" {
		h.Set("Referrer-Policy", s.referrer)
	}
	for _, c := range s.cookies {
		http.SetCookie(w, c)
	}
	return nil
}
