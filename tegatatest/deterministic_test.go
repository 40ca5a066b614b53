package tegatatest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/tegatatest"
)

// story uses everything that draws random bytes or makes keys, and returns what came of
// it: the tokens, and what the platform remembers. What is sealed is left out: that is
// ciphertext with a nonce, which nobody sees.
func story(t *testing.T, p *tegatatest.Platform) (tokens []string, state *store.State) {
	t.Helper()
	for _, l := range []tegatatest.Login{
		{},
		{Visitor: tegatatest.Visitor{User: "taro", RefuseEmail: true}},
		{LIFFID: p.LIFFApp("").ID},
		{Channel: "2000000003", Params: map[string][]string{"response_mode": {"form_post.jwt"}}},
	} {
		s, err := p.Login(t.Context(), l)
		if l.Params == nil && err != nil {
			t.Fatal(err)
		}
		if err == nil {
			tokens = append(tokens, s.IDToken, s.AccessToken, s.RefreshToken, s.Callback.String())
		}
	}
	p.RotateKeys()
	tokens = append(tokens, p.IDToken(tegatatest.Token{}), p.IDToken(tegatatest.Token{Wrong: tegatatest.ForeignKey}),
		p.AccessToken(tegatatest.Token{User: "mei"}), p.RefreshToken(tegatatest.Token{User: "jiwoo"}))
	p.Revoke(tokens[1])
	p.Fault(tegatatest.Fault{Effect: tegatatest.AutoLoginFailure})
	if _, err := p.Login(t.Context(), tegatatest.Login{}); err == nil {
		t.Fatal("a login in trouble went well")
	} else {
		tokens = append(tokens, err.Error())
	}
	state, err := p.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range state.Channels {
		state.Channels[i].Secrets = nil
	}
	for i := range state.KeyRing.Keys {
		state.KeyRing.Keys[i].Sealed = nil
	}
	return tokens, state
}

// TestDeterministic: the same text and clock give the same bytes: tokens, IDs, keys and
// the event log. Another text gives others, and so does none.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	run := func(options ...tegatatest.Option) *tegatatest.Platform {
		return tegatatest.Start(t, append(options, tegatatest.WithTime(at))...)
	}
	first := run(tegatatest.WithDeterministic("tea"))
	tokens, state := story(t, first)
	if len(state.Events) < 12 || len(tokens) < 13 {
		t.Fatalf("the story is short: %d events, %d tokens", len(state.Events), len(tokens))
	}
	again, stateAgain := story(t, run(tegatatest.WithDeterministic("tea")))
	if diff := cmp.Diff(tokens, again); diff != "" {
		t.Errorf("tokens of two runs (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(state, stateAgain); diff != "" {
		t.Errorf("states of two runs (-first +second):\n%s", diff)
	}
	// A reset takes the random bytes and the keys back too.
	first.Reset()
	if after, _ := story(t, first); cmp.Diff(tokens, after) != "" {
		t.Errorf("after a reset (-before +after):\n%s", cmp.Diff(tokens, after))
	}
	for name, p := range map[string]*tegatatest.Platform{"another text": run(tegatatest.WithDeterministic("rice")), "none": run()} {
		other, _ := story(t, p)
		for i := range other {
			if tokens[i] != "" && other[i] == tokens[i] {
				t.Errorf("%s: token %d is the same: %s", name, i, tokens[i])
			}
		}
	}
}
