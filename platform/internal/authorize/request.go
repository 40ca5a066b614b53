package authorize

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// The longest values that are kept, in bytes (our choice).
const (
	maxState = 4096
	maxNonce = 1024
	maxScope = 1024
	maxShort = 256
)

// Prompts and response modes.
const (
	promptNone    = "none"
	promptConsent = "consent"
	promptLogin   = "login"

	modeQuery       = "query"
	modeFormPost    = "form_post"
	modeQueryJWT    = "query.jwt"
	modeFormPostJWT = "form_post.jwt"
)

// ask is an authorization request whose redirect URI has been matched: from here on
// its faults are sent to the callback.
type ask struct {
	channel store.Channel
	req     store.Request
	iosOnly bool // auto login is turned off for iOS alone
}

// webRequest reads the parameters of an authorization request. The first error is one
// for a page, the second one for the callback.
func (s *Endpoints) webRequest(ctx context.Context, p oauth2.Params) (ask, *oauth2.Error, error) {
	channel, err := s.channelOf(ctx, p)
	if err != nil {
		return ask{}, nil, err
	}
	uri, native, err := redirectURI(channel, p)
	if err != nil {
		return ask{}, nil, err
	}
	a := ask{channel: channel, req: store.Request{ChannelID: channel.ID, Native: native, RedirectURI: uri}}
	return a, a.read(p), nil
}

func (s *Endpoints) channelOf(ctx context.Context, p oauth2.Params) (store.Channel, error) {
	id := p.Get("client_id")
	if id == "" || len(p.All("client_id")) > 1 {
		return store.Channel{}, pageFault("'client_id' is not specified.", "client_id is missing or repeated", "",
			"one client_id", "send the channel ID as client_id, once")
	}
	channel, err := s.Store.Channel(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Channel{}, pageFault("Invalid client_id value.", "no channel has this client_id", id,
			"the ID of a channel", "copy the channel ID from the channel's basic settings; tegata env prints those of development")
	}
	if err != nil {
		return store.Channel{}, fmt.Errorf("channel of authorization request: %w", err)
	}
	return channel, nil
}

// redirectURI returns the redirect URI if an answer may be sent there.
func redirectURI(c store.Channel, p oauth2.Params) (uri string, native bool, err error) {
	uri = p.Get("redirect_uri")
	if uri == "" || len(p.All("redirect_uri")) > 1 {
		return "", false, pageFault(textCallback, "redirect_uri is missing or repeated", "",
			strings.Join(c.Callbacks, "\n"), "send one redirect_uri that is registered")
	}
	if nativeScheme(uri) {
		return uri, true, nativeAllowed(c, uri)
	}
	if !matchCallback(c.Callbacks, uri) {
		check, fix := whyNoMatch(c.Callbacks, uri)
		return "", false, pageFault(textCallback, check+" (channel "+c.ID+")", safeGiven(uri), strings.Join(c.Callbacks, "\n"), fix)
	}
	return uri, false, nil
}

// nativeAllowed says whether a channel may send answers to the app that a native
// redirect URI names.
func nativeAllowed(c store.Channel, uri string) error {
	app, ok := nativeApp(uri)
	if ok && c.Mobile && slices.Contains(c.NativeApps, app) {
		return nil
	}
	return &oauth2.Error{
		Status: http.StatusForbidden, Code: oauth2.CodeInvalidRequest, Description: "Forbidden",
		Check: "the app named by redirect_uri is not registered for channel " + c.ID, Given: safeGiven(uri),
		Expected: strings.Join(c.NativeApps, "\n"),
		Fix:      "set Mobile app among the channel's App types and register the bundle ID or package name",
	}
}

// read reads what is left when channel and redirect URI are known. How an answer
// travels comes first, with the state that goes with every answer.
func (a *ask) read(p oauth2.Params) *oauth2.Error {
	a.keepState(p)
	steps := []func(oauth2.Params) *oauth2.Error{
		a.readMode, a.readState, readType, a.readScope, a.readNonce, a.readPKCE, a.readPrompt, a.readHints, a.readNative,
	}
	for _, step := range steps {
		if e := step(p); e != nil {
			return e
		}
	}
	return nil
}

func (a *ask) readMode(p oauth2.Params) *oauth2.Error {
	a.req.ResponseMode = modeQuery
	if len(p.All("response_mode")) > 1 {
		return nil // refused as repeated by the next step
	}
	mode := p.Get("response_mode")
	switch mode {
	case "":
	case "jwt":
		a.req.ResponseMode = modeQueryJWT
	case modeQuery, modeFormPost, modeQueryJWT, modeFormPostJWT:
		if a.req.Native && strings.HasPrefix(mode, modeFormPost) {
			return invalid("response_mode", mode, "query, jwt or query.jwt", "an app cannot be sent a form: leave response_mode out")
		}
		a.req.ResponseMode = mode
	default:
		return invalid("response_mode", mode, "query, form_post, jwt, query.jwt or form_post.jwt", "leave response_mode out for query")
	}
	return nil
}

// keepState takes the state over if there is one that may be sent back.
func (a *ask) keepState(p oauth2.Params) {
	if state := p.Get("state"); len(p.All("state")) == 1 && len(state) <= maxState {
		a.req.State = state
	}
}

func (a *ask) readState(p oauth2.Params) *oauth2.Error {
	state := p.Get("state")
	if name := p.Repeated(); name != "" {
		return invalid(name, "more than one", "one", "send each parameter once (RFC 6749 §3.1)")
	}
	if state == "" {
		return missing("state", "send a random state that is bound to the user's session; LINE demands it also with PKCE")
	}
	if a.req.State == "" {
		return invalid("state", strconv.Itoa(len(state))+" bytes", "at most "+strconv.Itoa(maxState)+" bytes",
			"keep what belongs to the login in your session and send a short random state")
	}
	return nil
}

func readType(p oauth2.Params) *oauth2.Error {
	switch t := p.Get("response_type"); t {
	case "code":
		return nil
	case "":
		return missing("response_type", "send response_type=code")
	default:
		e := invalid("response_type", t, "code", "send response_type=code; there is no implicit or hybrid flow")
		e.Code = oauth2.CodeUnsupportedType
		return e
	}
}

func (a *ask) readNonce(p oauth2.Params) *oauth2.Error {
	a.req.Nonce = p.Get("nonce")
	if len(a.req.Nonce) > maxNonce {
		return invalid("nonce", strconv.Itoa(len(a.req.Nonce))+" bytes", "at most "+strconv.Itoa(maxNonce)+" bytes", "send a short random nonce")
	}
	return nil
}

func (a *ask) readPKCE(p oauth2.Params) *oauth2.Error {
	challenge, method := p.Get("code_challenge"), p.Get("code_challenge_method")
	const fix = "send the unpadded base64url of the SHA-256 of the code_verifier, with code_challenge_method=S256"
	if challenge == "" {
		if method != "" || a.req.Native || a.req.LIFFID != "" {
			return missing("code_challenge", fix)
		}
		return nil
	}
	// Without a method it is S256, the only one there is (our choice).
	if method != "" && method != "S256" {
		return invalid("code_challenge_method", method, "S256", fix)
	}
	if len(challenge) != 43 || !all(challenge, base64url) {
		return invalid("code_challenge", "", "43 characters of base64url", fix)
	}
	a.req.Challenge = challenge
	return nil
}

func base64url(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func (a *ask) readPrompt(p oauth2.Params) *oauth2.Error {
	switch prompt := p.Get("prompt"); prompt {
	case "", promptNone, promptConsent, promptLogin:
		a.req.Prompt = prompt
	default:
		return invalid("prompt", prompt, "none, consent or login", "send one of these, or leave prompt out")
	}
	if age := p.Get("max_age"); age != "" {
		n, err := strconv.ParseUint(age, 10, 31)
		if err != nil {
			return invalid("max_age", age, "a number of seconds", "send whole seconds, such as max_age=3600")
		}
		a.req.HasMaxAge, a.req.MaxAge = true, time.Duration(n)*time.Second
	}
	return nil
}
