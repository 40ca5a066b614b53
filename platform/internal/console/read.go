package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tegata-id/tegata/internal/control"
)

const (
	maxBody = 1 << 20 // bytes
	maxName = 100     // characters
	maxText = 1000    // characters
	maxURL  = 2000    // bytes
	maxList = 500     // members of a list
)

var (
	digits = regexp.MustCompile(`^[0-9]{1,20}$`)
	handle = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)
	// languageTag is the form of BCP 47's ordinary tags.
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
)

func fault(status int, code, message, fix string) *control.Error {
	return &control.Error{Status: status, Code: code, Message: message, Fix: fix}
}

// bad is the error for a value that cannot be taken.
func bad(message, fix string) *control.Error {
	return fault(http.StatusBadRequest, "bad_request", message, fix)
}

func notFound(what, id, fix string) *control.Error {
	return fault(http.StatusNotFound, "not_found", fmt.Sprintf("there is no %s %q", what, clip(id)), fix)
}

func exists(message, fix string) *control.Error {
	return fault(http.StatusConflict, "exists", message, fix)
}

// clip shortens what somebody sent for an error.
func clip(s string) string {
	if len(s) > maxName {
		return strings.ToValidUTF8(s[:maxName], "") + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// read reads the body: one JSON object of known members. An empty body is the zero T.
func read[T any](r *http.Request) (T, error) {
	var v T
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return v, bad("the body cannot be read", "send it again")
	}
	if len(data) > maxBody {
		return v, fault(http.StatusRequestEntityTooLarge, "too_large", "the body is larger than 1 MiB", "send less")
	}
	if len(data) == 0 {
		return v, nil
	}
	if !utf8.Valid(data) {
		return v, bad("the body is not UTF-8", "send JSON in UTF-8")
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, bad("the body is not the JSON object that is wanted: "+strings.TrimPrefix(err.Error(), "json: "), "see the --help of the command for what can be set")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return v, bad("something follows the JSON object", "send one object")
	}
	return v, nil
}

// text takes a line of text, if it is given.
func text(what string, given *string, most int, into *string) error {
	if given == nil {
		return nil
	}
	if utf8.RuneCountInString(*given) > most || strings.ContainsFunc(*given, func(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) }) {
		return bad(what+" is too long or has control characters", fmt.Sprintf("give at most %d characters on one line", most))
	}
	*into = *given
	return nil
}

// named is text that may not be empty.
func named(what string, given *string, into *string) error {
	if given != nil && strings.TrimSpace(*given) == "" {
		return bad(what+" is empty", "give one")
	}
	return text(what, given, maxName, into)
}

// oneOf takes one of a few words, if it is given.
func oneOf(what string, given *string, into *string, words ...string) error {
	if given == nil {
		return nil
	}
	if !slices.Contains(words, *given) {
		return bad(fmt.Sprintf("%s %q is not known", what, clip(*given)), "give "+choice(words))
	}
	*into = *given
	return nil
}

// someOf takes a list of words, each once, if it is given.
func someOf(what string, given *[]string, into *[]string, words ...string) error {
	if given == nil {
		return nil
	}
	out := []string{}
	for _, word := range *given {
		if !slices.Contains(words, word) {
			return bad(fmt.Sprintf("%s %q is not known", what, clip(word)), "give some of "+choice(words))
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	*into = out
	return nil
}

func choice(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if quoted[i] = w; w == "" {
			quoted[i] = "nothing"
		}
	}
	return strings.Join(quoted, ", ")
}

// urls takes a list of URLs that check has nothing against, if it is given.
func urls(given *[]string, into *[]string, check func(string) error) error {
	if given == nil {
		return nil
	}
	if len(*given) > maxList {
		return bad(fmt.Sprintf("there are more than %d URLs", maxList), "remove those that no app uses")
	}
	for _, u := range *given {
		if err := check(u); err != nil {
			return err
		}
	}
	*into = slices.Clone(*given)
	return nil
}

// CheckCallback says what is wrong with a callback URL: it must be absolute, without
// fragment and wildcard, and https unless its host is loopback.
func CheckCallback(raw string) error {
	return checkURL("callback URL", raw, true)
}

// CheckEndpoint says what is wrong with the endpoint URL of a LIFF app: LINE takes https
// only; local also lets http on loopback pass, for development.
func CheckEndpoint(raw string, local bool) error { return checkURL("endpoint URL", raw, local) }

func checkURL(what, raw string, local bool) error {
	name := fmt.Sprintf("%s %q", what, clip(raw))
	u, err := url.Parse(raw)
	odd := func(c rune) bool {
		return c <= ' ' || c == 0x7f || c == utf8.RuneError || strings.ContainsRune("\\\"<>", c)
	}
	switch {
	case err != nil || !u.IsAbs() || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(raw, odd) || len(raw) > maxURL:
		return bad(name+" is no absolute URL", "write it like https://app.example.com/callback")
	case strings.Contains(raw, "#"):
		return bad(name+" has a fragment", "remove everything from #")
	case strings.Contains(raw, "*"):
		return bad(name+" has a wildcard, which would let codes go to whoever gets hold of a matching address", "register each URL by itself")
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http" || !local:
		return bad(name+" is not https", "serve the app by https and give that URL")
	case !loopback(u.Hostname()):
		return bad(name+" is http on another machine, where codes can be read on the way", "use https; http is for localhost only")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}
