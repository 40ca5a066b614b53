package liffapp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

const (
	maxDescription = 100  // characters; our choice, LINE's limit of the API is not known
	maxURL         = 2000 // bytes
)

// parseChange reads the body of POST and PUT. Members that are not LINE's are ignored,
// as those of its own libraries may be newer than ours.
func parseChange(body []byte) (wire.LIFFChange, error) {
	var c wire.LIFFChange
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&c); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return wire.LIFFChange{}, invalid(wrong.Field, "a JSON "+wrong.Value, wrong.Type.String())
		}
		return wire.LIFFChange{}, invalid("body", "no JSON object", "a JSON object")
	}
	if dec.More() {
		return wire.LIFFChange{}, invalid("body", "more than one JSON value", "one JSON object")
	}
	return c, nil
}

// applyChange writes what was given over app.
func applyChange(app *store.LIFFApp, c wire.LIFFChange) error {
	if v := c.View; v != nil {
		if v.Type != nil {
			if !slices.Contains([]string{"compact", "tall", "full"}, *v.Type) {
				return invalid("view.type", *v.Type, "compact, tall or full")
			}
			app.ViewType = *v.Type
		}
		if v.URL != nil {
			if err := checkEndpoint(*v.URL); err != nil {
				return err
			}
			app.EndpointURL, app.ServedOrigins = *v.URL, nil
		}
		if v.ModuleMode != nil {
			app.ModuleMode = *v.ModuleMode
		}
	}
	if d := c.Description; d != nil {
		if utf8.RuneCountInString(*d) > maxDescription || namesLINE(*d) {
			return invalid("description", *d, fmt.Sprintf("at most %d characters, without the word LINE", maxDescription))
		}
		app.Description = *d
	}
	if f := c.Features; f != nil && f.QRCode != nil {
		app.QRCode = *f.QRCode
	}
	if p := c.PermanentLinkPattern; p != nil && *p != "concat" {
		return invalid("permanentLinkPattern", *p, "concat")
	}
	if c.Scope != nil {
		if err := setScopes(app, *c.Scope); err != nil {
			return err
		}
	}
	if b := c.BotPrompt; b != nil {
		if !slices.Contains([]string{"normal", "aggressive", "none"}, *b) {
			return invalid("botPrompt", *b, "normal, aggressive or none")
		}
		app.BotPrompt = *b
	}
	return nil
}

func setScopes(app *store.LIFFApp, names []string) error {
	known := []string{oauth2.ScopeOpenID, oauth2.ScopeEmail, oauth2.ScopeProfile, oauth2.ScopeChatMessageWrite}
	app.Scopes = nil
	for _, name := range names {
		if !slices.Contains(known, name) {
			return invalid("scope", name, strings.Join(known, ", "))
		}
		if !slices.Contains(app.Scopes, name) {
			app.Scopes = append(app.Scopes, name)
		}
	}
	return nil
}

// checkEndpoint holds LINE's rule: https, and no fragment.
func checkEndpoint(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Contains(raw, "#") || len(raw) > maxURL {
		return invalid("view.url", raw, "an https URL without a fragment")
	}
	return nil
}

// namesLINE finds LINE's name, also in letters that look alike, which LINE forbids in
// names. As a part of another word (online, deadline) it is no name.
func namesLINE(s string) bool {
	folded := strings.Map(func(r rune) rune {
		if r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' { // full width
			r -= 0xFEE0
		}
		switch r {
		case '1', '|', 'Ｉ', 'і', 'І', 'ı':
			return 'i'
		case 'е', 'Е', 'ε', 'Ε':
			return 'e'
		case 'Ν', 'и':
			return 'n'
		}
		return r
	}, s)
	words := strings.FieldsFunc(strings.ToLower(folded), func(r rune) bool {
		return (r < 'a' || r > 'z') && r != '\''
	})
	return slices.Contains(words, "line")
}

func invalid(member, given, expected string) error {
	return &oauth2.Error{
		Description: "invalid value: " + member, Check: member, Given: clip(given), Expected: expected, Fix: "mend " + member,
	}
}
