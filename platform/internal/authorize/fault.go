package authorize

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// The sentences that LINE's own pages show.
const (
	textCallback   = "Invalid redirect_uri value. Check if it is registered in a LINE developers site."
	textDeveloping = "This channel is now developing status. User need to have developer role."
)

// The sentences of our own pages.
const (
	textExpired = "This login has expired. Go back to the app and log in again."
	textUsed    = "This login is finished already. Go back to the app and log in again if you need to."
	textForeign = "This login was begun in another browser. Go back to the app and log in again."
)

// missing is the refusal of a request that lacks a parameter. The wording follows the
// one description that is known of LINE ("'state' is not specified.").
func missing(name, fix string) *oauth2.Error {
	return &oauth2.Error{
		Status: http.StatusSeeOther, Code: oauth2.CodeInvalidRequest, Description: "'" + name + "' is not specified.",
		Check: name + " is missing", Expected: "a value for " + name, Fix: fix,
	}
}

// invalid is the refusal of a parameter's value.
func invalid(name, given, expected, fix string) *oauth2.Error {
	return &oauth2.Error{
		Status: http.StatusSeeOther, Code: oauth2.CodeInvalidRequest, Description: "'" + name + "' is invalid.",
		Check: "value of " + name, Given: oauth2.Clip(given), Expected: expected, Fix: fix,
	}
}

func badScope(check, given, expected, fix string) *oauth2.Error {
	return &oauth2.Error{
		Status: http.StatusSeeOther, Code: oauth2.CodeInvalidScope, Description: "'scope' is invalid.",
		Check: check, Given: oauth2.Clip(given), Expected: expected, Fix: fix,
	}
}

// pageFault is a fault that is shown instead of being sent to the callback.
func pageFault(text, check, given, expected, fix string) *oauth2.Error {
	return &oauth2.Error{
		Code: oauth2.CodeInvalidRequest, Description: text, Check: check,
		Given: oauth2.Clip(given), Expected: expected, Fix: fix,
	}
}

// overFault turns the store's answer about a transaction into a page; any other error
// passes.
func overFault(err error) error {
	const fix = "start again from the app; a login may take ten minutes and ends once"
	switch {
	case errors.Is(err, store.ErrUsed):
		return pageFault(textUsed, "the login transaction is used already", "", "a login that is not finished", fix)
	case errors.Is(err, store.ErrNotFound):
		return pageFault(textExpired, "no live login transaction for loginState", "", "the loginState of a login begun less than ten minutes ago", fix)
	}
	return err
}

// safeGiven shortens a redirect URI for the event log, without what could be a code
// or a token in it.
func safeGiven(uri string) string {
	head, _, _ := strings.Cut(withoutAnswer(uri), "#")
	return oauth2.Clip(head)
}
