package page

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// policy is what differs between the Content-Security-Policies of pages.
type policy struct {
	form   string // where the answer to the form may lead; empty: only to us
	script bool   // the page is nothing but a step for its script
}

// errTarget refuses what would widen or break the policy.
var errTarget = errors.New("form target must be scheme://host[:port] or scheme:")

var (
	originForm = regexp.MustCompile(`^(https?)://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)
	schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]{0,100}:$`)
)

// header returns the Content-Security-Policy. Everything is forbidden but our own
// style, scripts, pictures and forms.
func (p policy) header() (string, error) {
	form := "'self'"
	if p.form != "" {
		source, err := formSource(p.form)
		if err != nil {
			return "", err
		}
		form += " " + source
	}
	return "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action " + form +
		"; frame-ancestors 'none'; base-uri 'none'", nil
}

// formSource checks a target and returns it as a source expression (Content Security
// Policy Level 3, 2.3.1).
func formSource(target string) (string, error) {
	if m := originForm.FindStringSubmatch(target); m != nil {
		if strings.HasPrefix(m[2], "[") {
			// The grammar of sources has no IPv6 literals: any host on that port.
			return m[1] + "://*" + m[3], nil
		}
		return target, nil
	}
	if schemeForm.MatchString(target) && nativeScheme(strings.TrimSuffix(target, ":")) {
		return target, nil
	}
	return "", fmt.Errorf("%w, not %q", errTarget, target)
}

// nativeScheme says whether a scheme may be that of a native app: neither the web's,
// which would name every site, nor one that runs or reads something in the browser.
func nativeScheme(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "", "http", "https", "ws", "wss", "javascript", "vbscript", "data", "blob", "file", "filesystem", "about", "view-source":
		return false
	}
	return true
}

// targetOf returns the form target of a redirect URI.
func targetOf(uri string) (string, error) {
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Scheme == "":
		return "", errors.New("page: the form must post to an absolute URL")
	case u.Scheme == "http" || u.Scheme == "https":
		return u.Scheme + "://" + u.Host, nil
	case !nativeScheme(u.Scheme):
		return "", fmt.Errorf("page: a form must not post to a URL with the scheme %q", u.Scheme)
	}
	return u.Scheme + ":", nil
}

// link returns a URL if it is one of the web or of our own, else nothing.
func link(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || raw == "" {
		return ""
	}
	if (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return raw
	}
	if u.Scheme == "" && u.Host == "" && strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") && !strings.HasPrefix(raw, `/\`) {
		return raw
	}
	return ""
}

// setHeaders sets the headers of every page. The Referrer-Policy is not stricter
// because the LIFF SDK looks at the referrer.
func setHeaders(h http.Header, csp, lang string) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang)
	h.Set("Content-Security-Policy", csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Add("Vary", "Accept-Language, Cookie")
}
