package control

import (
	"context"
	"net/http"
)

// PathAutoLogin is where the simulator of LINE's in-app browser logs somebody in without
// a page. POST: AutoLoginRequest, answered by AutoLogin.
const PathAutoLogin = PathLIFF + "/autologin"

// AutoLoginRequest asks for the auto login of LINE's in-app browser.
type AutoLoginRequest struct {
	URL    string `json:"url"`    // the authorization request; its host does not matter
	From   string `json:"from"`   // origin of the page that goes there; may be empty
	Person string `json:"person"` // handle of who is logged in to LINE's app
	OS     string `json:"os"`     // ios or android: disable_ios_auto_login is about iOS alone
	// Scopes are those to which the person has consented before; nil means all that the
	// request asks for.
	Scopes *[]string `json:"scopes,omitempty"`
	// Fails lets the auto login fail, as in private browsing: the callback gets a code that
	// is not valid and a state that the app did not send.
	Fails bool `json:"fails,omitempty"`
}

// AutoLogin says where the browser goes on. Page says that a page will be shown there,
// which needs a window: a login page if there is no auto login, or a consent page. Why
// says in words what came of the auto login.
type AutoLogin struct {
	URL  string `json:"url"`
	Page bool   `json:"page"`
	Why  string `json:"why"`
}

// AutoLogin logs somebody in without a page, if the request allows that. Errors are as
// those of Env.
func (c *Client) AutoLogin(ctx context.Context, r AutoLoginRequest) (*AutoLogin, error) {
	return ask[AutoLogin](ctx, c, http.MethodPost, PathAutoLogin, r)
}
