package grant

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// keyTypeJWK is the value of id_token_key_type by which a client asks for ES256. LINE
// does not document the parameter; its own SDKs send it.
const keyTypeJWK = "JWK"

// serveCode answers grant_type=authorization_code (RFC 6749 §4.1.3). The client is
// checked before the code is looked at, and the code is burnt by the last step alone:
// a request that is refused leaves it as it was, because clients in the wild try once
// more with another way of client authentication.
func (e *Endpoints) serveCode(w http.ResponseWriter, r *http.Request, form oauth2.Params) error {
	if err := need(form, "code", "redirect_uri"); err != nil {
		return err
	}
	client, err := e.Issue.Client(r, form)
	if err != nil {
		return err
	}
	appID := form.Get("appId")
	if err := client.Authenticate(secretNeeded(client, appID)); err != nil {
		return err
	}
	code, err := e.Issue.Code(r.Context(), form.Get("code"))
	if err != nil {
		return err
	}
	if err := e.bound(r, form, client, code); err != nil {
		return err
	}
	out, err := e.Issue.Redeem(r.Context(), issue.Redemption{
		Code: code, Channel: client.Channel, Base: router.From(r.Context()).Base,
		ES256: form.Get("id_token_key_type") == keyTypeJWK,
	})
	if err != nil {
		return err
	}
	router.From(r.Context()).Note(r.Context(), store.Event{
		Kind: "token", ChannelID: client.Channel.ID, PersonID: code.Who.PersonID, Check: "authorization_code, scopes " + strings.Join(code.Scopes, " "),
	})
	return router.WriteJSON(w, out)
}

// secretNeeded says whether the client must prove itself by its secret: not a LIFF
// app, and not a native app, which may leave it out if its channel is one. What
// binds those is PKCE.
func secretNeeded(client *issue.Client, appID string) bool {
	if appID != "" {
		return false
	}
	return client.SecretGiven() || !client.Channel.Mobile
}

// bound checks that the code was issued to this client for this exchange.
func (e *Endpoints) bound(r *http.Request, form oauth2.Params, client *issue.Client, code store.Code) error {
	req := code.Request
	switch {
	case req.ChannelID != client.Channel.ID:
		return badGrant("invalid authorization code", "channel of the code", client.Channel.ID, "the channel that asked for the code", "exchange the code with the channel that the login was for")
	case req.LIFFID != form.Get("appId"):
		return badGrant("invalid authorization code", "LIFF app of the code", form.Get("appId"), req.LIFFID, "exchange the code from the LIFF app that began the login")
	case req.LIFFID == "" && !req.Native && !client.SecretGiven():
		// A channel with a native app: only codes of its native logins go without secret.
		return client.Authenticate(true)
	case req.RedirectURI != form.Get("redirect_uri"):
		return badGrant("redirect_uri does not match", "redirect_uri", withoutQuery(form.Get("redirect_uri")), req.RedirectURI, "send the redirect_uri of the authorization request, letter for letter")
	case !client.Channel.Admits(code.Who.PersonID):
		return badGrant("invalid authorization code", "role of the user at a channel under development", "", "admin or tester", "give the user a role, or publish the channel")
	}
	if req.LIFFID != "" {
		if err := e.appStands(r, req); err != nil {
			return err
		}
	}
	return checkVerifier(req.Challenge, form, form.Get("appId") != "" || !client.SecretGiven())
}

// appStands checks that the LIFF app which began the login has not been deleted since.
func (e *Endpoints) appStands(r *http.Request, req store.Request) error {
	_, err := e.Store.LIFFApp(r.Context(), req.LIFFID)
	if errors.Is(err, store.ErrNotFound) {
		return badGrant("invalid authorization code", "LIFF app of the code", req.LIFFID, "a LIFF app of the channel", "the LIFF app was deleted: add it again and begin a new login")
	}
	if err != nil {
		return fmt.Errorf("LIFF app of the code: %w", err)
	}
	return nil
}

// withoutQuery keeps what a callback may carry, such as the code, out of the event log:
// a common mistake is to send the whole URL of the callback as redirect_uri.
func withoutQuery(uri string) string {
	if i := strings.IndexAny(uri, "?#"); i >= 0 {
		return uri[:i] + uri[i:i+1] + "…"
	}
	return uri
}

// checkVerifier checks PKCE (RFC 7636 §4.6) both ways: no verifier without a challenge
// either, or a stripped challenge would go unnoticed (RFC 9700 §2.1.1). LINE's text
// for this is not known; it is our choice. A public client, one that gives no secret,
// must use PKCE: nothing else binds the code to it.
func checkVerifier(challenge string, form oauth2.Params, public bool) error {
	verifier := form.Get("code_verifier")
	refuse := func(check, fix string) error {
		return badGrant("code_verifier does not match", check, "", "", fix)
	}
	switch {
	case challenge == "" && public:
		return refuse("the authorization request had no code_challenge", "a LIFF app or native app must use PKCE: send code_challenge with the authorization request")
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return refuse("a code_verifier came, but the authorization request had no code_challenge", "send code_challenge with the authorization request")
	case verifier == "":
		return refuse("code_verifier is missing", "send the verifier of the code_challenge")
	case !verifierForm(verifier):
		return refuse("form of code_verifier: want 43 to 128 of A-Z a-z 0-9 - . _ ~", "make it by RFC 7636 §4.1")
	}
	sum := sha256.Sum256([]byte(verifier))
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	if subtle.ConstantTimeCompare([]byte(want), []byte(challenge)) != 1 {
		return refuse("code_verifier is not that of the code_challenge", "keep the verifier from the authorization request to the token request")
	}
	return nil
}

func verifierForm(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	for _, c := range []byte(s) {
		ok := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
		if !ok {
			return false
		}
	}
	return true
}
