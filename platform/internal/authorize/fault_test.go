package authorize_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/store"
)

// failing is a store of which one verb fails.
type failing struct {
	store.Store
	verb atomic.Value
}

var errStore = errors.New("disk is full")

func (f *failing) fail(verb string) error {
	if f.verb.Load() == verb {
		return errStore
	}
	return nil
}

func (f *failing) Channel(ctx context.Context, id string) (store.Channel, error) {
	if err := f.fail("Channel"); err != nil {
		return store.Channel{}, err
	}
	return f.Store.Channel(ctx, id)
}

func (f *failing) Grant(ctx context.Context, person, channel string) (store.Grant, error) {
	if err := f.fail("Grant"); err != nil {
		return store.Grant{}, err
	}
	return f.Store.Grant(ctx, person, channel)
}

func (f *failing) PutGrant(ctx context.Context, g store.Grant) error {
	if err := f.fail("PutGrant"); err != nil {
		return err
	}
	return f.Store.PutGrant(ctx, g)
}

func (f *failing) CreateCode(ctx context.Context, c store.Code) error {
	if err := f.fail("CreateCode"); err != nil {
		return err
	}
	return f.Store.CreateCode(ctx, c)
}

func (f *failing) CreateTransaction(ctx context.Context, t store.Transaction) error {
	if err := f.fail("CreateTransaction"); err != nil {
		return err
	}
	return f.Store.CreateTransaction(ctx, t)
}

func (f *failing) Transaction(ctx context.Context, h store.Hash, now time.Time) (store.Transaction, error) {
	t, err := f.Store.Transaction(ctx, h, now)
	return t, errors.Join(err, f.fail("Transaction"))
}

func (f *failing) FinishTransaction(ctx context.Context, h store.Hash, now time.Time, c *store.Code) error {
	if err := f.fail("FinishTransaction"); err != nil {
		return err
	}
	return f.Store.FinishTransaction(ctx, h, now, c)
}

func (f *failing) SetFriendship(ctx context.Context, person, bot string, to store.Friendship) (store.Friendship, error) {
	if err := f.fail("SetFriendship"); err != nil {
		return store.NotFriend, err
	}
	return f.Store.SetFriendship(ctx, person, bot, to)
}

func (f *failing) UserID(ctx context.Context, person, provider, candidate string) (string, error) {
	if err := f.fail("UserID"); err != nil {
		return "", err
	}
	return f.Store.UserID(ctx, person, provider, candidate)
}

// When the store fails, no code leaves, and no reason.
func TestStoreFaults(t *testing.T) {
	t.Parallel()
	const (
		authorize = iota
		silent
		logIn
		consentPage
		allow
	)
	for verb, steps := range map[string][]int{
		"Channel":           {authorize, silent, logIn, consentPage, allow},
		"Grant":             {silent, logIn},
		"CreateTransaction": {authorize},
		"CreateCode":        {silent},
		"Transaction":       {logIn, consentPage, allow},
		"UserID":            {silent, allow},
		"FinishTransaction": {allow},
		"PutGrant":          {allow},
		"SetFriendship":     {allow},
	} {
		for _, step := range steps {
			w := newWorld(t)
			f := &failing{Store: w.st}
			w.end.Store = f
			b := w.browser()
			if step == silent {
				b.allow(request(), "hanako")
			}
			q := request("bot_prompt", "normal", "prompt", "login")
			path := b.open(q)
			next, to := "", ""
			if step == consentPage || step == allow {
				next = b.step(b.logIn(path, "hanako"))
				to = action(t, b.get(next).body)
			}
			f.verb.Store(verb)
			var a answer
			switch step {
			case authorize:
				a = b.get("/oauth2/v2.1/authorize?" + q.Encode())
			case silent:
				a = b.get("/oauth2/v2.1/authorize?" + request("prompt", "none").Encode())
			case logIn:
				a = b.logIn(path, "hanako")
			case consentPage:
				a = b.get(next)
			case allow:
				a = b.post(to, url.Values{"loginState": {stateOf(next)}, "decision": {"allow"}, "add_friend": {"on"}})
			}
			if a.status != http.StatusInternalServerError || a.location != "" || strings.Contains(a.body, "disk is full") {
				t.Errorf("%s fails at step %d: %d %q %s", verb, step, a.status, a.location, text(a.body))
			}
		}
	}
}

// Two user IDs never meet: the store's word that a candidate is taken is followed by
// another candidate.
type taken struct {
	store.Store
	times atomic.Int32
}

func (s *taken) UserID(ctx context.Context, person, provider, candidate string) (string, error) {
	if s.times.Add(1) <= 2 {
		return "", store.ErrExists
	}
	return s.Store.UserID(ctx, person, provider, candidate)
}

func TestUserIDTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.end.Store = &taken{Store: w.st}
	if code := w.code(w.browser().allow(request(), "hanako").location); len(code.UserID) != 33 {
		t.Errorf("user ID %q", code.UserID)
	}
}

// Every parameter that is kept reaches the code.
func TestParametersAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := request(
		"scope", "openid  profile openid", "nonce", "n", "prompt", "consent", "max_age", "5", "ui_locales", "th zh-Hant", "bot_prompt", "normal",
		"initial_amr_display", "lineqr", "switch_amr", "false", "disable_auto_login", "TRUE", "disable_ios_auto_login", "false",
		"code_challenge", challenge(), "response_mode", "query",
	)
	got := w.code(w.browser().allow(q, "hanako").location).Request
	want := store.Request{
		ChannelID: channelID, RedirectURI: callback, ResponseMode: "query", Scopes: []string{"openid", "profile"}, State: "a state",
		Nonce: "n", Challenge: challenge(), Prompt: "consent", HasMaxAge: true, MaxAge: 5 * time.Second, UILocales: "th zh-Hant",
		BotPrompt: "normal", InitialAMR: "lineqr", KeepAMR: true, DisableAutoLogin: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	loose := w.code(w.browser().allow(request("switch_amr", "true", "disable_auto_login", "false"), "hanako").location).Request
	if loose.KeepAMR || loose.DisableAutoLogin {
		t.Errorf("request %+v", loose)
	}
}

// The state goes back as it came, whatever is in it.
func TestStateComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	for _, state := range []string{"plain", "a b+c%20&d=e#f?g", "状態", `"><script>`, "\r\nSet-Cookie: x=1", strings.Repeat("s", 4096)} {
		u, err := url.Parse(b.get("/oauth2/v2.1/authorize?" + request("state", state, "prompt", "none").Encode()).location)
		if err != nil || u.Query().Get("state") != state {
			t.Errorf("state %.60q came back in %.200q (%v)", state, u, err)
		}
	}
}

// A locked account: the page says wait.
func TestTooManyPasswords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	path := b.open(request())
	form := url.Values{"loginState": {stateOf(path)}, "decision": {"login"}, "email": {"hanako"}, "password": {"wrong"}}
	last := 0
	for range 14 {
		last = b.post("/oauth2/v2.1/login", form).status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("14 wrong passwords in a row: %d, want 429", last)
	}
	form.Del("email")
	if a := b.post("/oauth2/v2.1/login", form); a.status != http.StatusBadRequest || !strings.Contains(a.body, `role="alert"`) {
		t.Errorf("no account: %d %s", a.status, text(a.body))
	}
}
