package grant_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

func refreshForm(raw string, pairs ...string) url.Values {
	return form(append([]string{
		"grant_type", "refresh_token", "refresh_token", raw, "client_id", issuetest.Web, "client_secret", issuetest.Secret(issuetest.Web),
	}, pairs...)...)
}

// refreshed is the answer: the same refresh token, and no ID token.
func refreshed(raw string) string {
	return `{"access_token":"tga_…","expires_in":2592000,"refresh_token":"` + raw + `","scope":"profile openid","token_type":"Bearer"}`
}

// TestRefresh: the refresh token comes back and its 90 days do not begin anew.
func TestRefresh(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.Tokens(issuetest.Login{Scopes: []string{"profile", "openid", "email"}})
	for range 3 {
		w.Advance(29 * 24 * time.Hour)
		w.Want(w.Post(wire.PathToken, refreshForm(first.RefreshToken)), 200, refreshed(first.RefreshToken))
	}
	last := read(t, w.Post(wire.PathToken, refreshForm(first.RefreshToken)))
	w.Advance(issue.RefreshLife - 3*29*24*time.Hour)
	w.Want(w.Post(wire.PathToken, refreshForm(first.RefreshToken)), 400, refreshBad, first.RefreshToken)
	if _, err := w.Issue.AccessToken(t.Context(), last.AccessToken); err != nil {
		t.Errorf("the last access token died with the refresh token: %v", err)
	}
}

// TestRefreshKeepsOld: an access token lives on after a refresh.
func TestRefreshKeepsOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.Tokens(issuetest.Login{})
	second := read(t, w.Post(wire.PathToken, refreshForm(first.RefreshToken)))
	if second.AccessToken == first.AccessToken || second.IDToken != "" {
		t.Errorf("refresh answered %+v", second)
	}
	for _, raw := range []string{first.AccessToken, second.AccessToken} {
		if _, err := w.Issue.AccessToken(t.Context(), raw); err != nil {
			t.Errorf("an access token is dead after a refresh: %v", err)
		}
	}
}

func TestRefreshRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.Tokens(issuetest.Login{})
	ofMobile := w.Tokens(mobile).RefreshToken
	for _, tt := range []struct {
		name string
		form []string
		auth string
		want string
	}{
		{"no token", []string{"refresh_token", "-"}, "", paramsBad},
		{"nonsense", []string{"refresh_token", "nonsense"}, "", refreshBad},
		{"an access token", []string{"refresh_token", out.AccessToken}, "", refreshBad},
		{"altered", []string{"refresh_token", strings.ToLower(out.RefreshToken)}, "", refreshBad},
		{"oversize", []string{"refresh_token", strings.Repeat("a", 1<<20)}, "", refreshBad},
		{"of another channel", []string{"refresh_token", ofMobile}, "", refreshBad},
		{"no client_id", []string{"client_id", "-"}, "", paramsBad},
		{"unknown client_id", []string{"client_id", "1"}, "", clientBad},
		{"no secret", []string{"client_secret", "-"}, "", secretBad},
		{"wrong secret", []string{"client_secret", "wrong"}, "", secretBad},
		{"Basic and form differ", nil, basicAuth(issuetest.Web, "wrong"), clientBad},
		{"another channel's token and its own right secret", []string{"client_id", issuetest.Mobile, "client_secret", issuetest.Secret(issuetest.Mobile)}, "", refreshBad},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if tt.auth != "" {
				header = []string{"Authorization", tt.auth}
			}
			w.Want(w.Post(wire.PathToken, refreshForm(out.RefreshToken, tt.form...), header...), 400, tt.want,
				out.RefreshToken, out.AccessToken, ofMobile, issuetest.Secret(issuetest.Web))
		})
	}
}

// TestRefreshMobile: LINE ignores the secret if the channel has a native app.
func TestRefreshMobile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, l := range []issuetest.Login{mobile, native} {
		raw := w.Tokens(l).RefreshToken
		for _, secret := range []string{"-", "", "wrong", issuetest.Secret(issuetest.Mobile)} {
			w.Want(w.Post(wire.PathToken, refreshForm(raw, "client_id", issuetest.Mobile, "client_secret", secret)), 200, refreshed(raw))
		}
	}
}

// TestRefreshAfterChange: user, consent and status are looked at again.
func TestRefreshAfterChange(t *testing.T) {
	t.Parallel()
	developing := issuetest.Login{Person: issuetest.Taro, Request: store.Request{ChannelID: issuetest.Developing}}
	for _, tt := range []struct {
		name   string
		login  issuetest.Login
		change func(w *issuetest.World, out wire.TokenResponse)
	}{
		{"consent withdrawn", issuetest.Login{}, func(w *issuetest.World, _ wire.TokenResponse) {
			w.Must(w.Store.Deauthorize(t.Context(), issuetest.Hanako, issuetest.Web, w.Now()))
		}},
		{"consent withdrawn and given again", issuetest.Login{}, func(w *issuetest.World, _ wire.TokenResponse) {
			w.Must(w.Store.Deauthorize(t.Context(), issuetest.Hanako, issuetest.Web, w.Now()))
			w.Tokens(issuetest.Login{})
		}},
		{"revoked", issuetest.Login{}, func(w *issuetest.World, out wire.TokenResponse) {
			r, err := w.Issue.RefreshToken(t.Context(), out.RefreshToken)
			w.Must(err)
			w.Must(w.Store.RevokeRefreshToken(t.Context(), r.ID, w.Now(), "revoke"))
		}},
		{"role taken", developing, func(w *issuetest.World, _ wire.TokenResponse) {
			w.ChangeChannel(issuetest.Developing, func(c *store.Channel) { delete(c.Roles, issuetest.Taro) })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			out := w.Tokens(tt.login)
			id := tt.login.Request.ChannelID
			if id == "" {
				id = issuetest.Web
			}
			f := refreshForm(out.RefreshToken, "client_id", id, "client_secret", issuetest.Secret(id))
			if a := w.Post(wire.PathToken, f); a.Status != 200 {
				t.Fatalf("before the change: %d %s", a.Status, a.Body)
			}
			tt.change(w, out)
			w.Want(w.Post(wire.PathToken, f), 400, refreshBad, out.RefreshToken)
		})
	}
}

const racers = 64

// TestRedeemRace: of 64 that redeem one code at once, one gets tokens.
func TestRedeemRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw, _ := w.Code(issuetest.Login{})
	answers := make([]issuetest.Answer, racers)
	together(racers, func(i int) { answers[i] = w.Post(wire.PathToken, codeForm(raw)) })
	won := 0
	for _, a := range answers {
		if a.Status == 200 {
			won++
			continue
		}
		w.Want(a, 400, codeBad)
	}
	if won != 1 {
		t.Errorf("%d of %d got tokens, want 1", won, racers)
	}
}

// TestRefreshParallel: refreshes at once all succeed, as the token does not rotate.
func TestRefreshParallel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.Tokens(issuetest.Login{}).RefreshToken
	seen := make([]string, racers)
	together(racers, func(i int) { seen[i] = read(t, w.Post(wire.PathToken, refreshForm(raw))).AccessToken })
	distinct := map[string]bool{}
	for _, s := range seen {
		distinct[s] = true
		if _, err := w.Issue.AccessToken(t.Context(), s); err != nil {
			t.Errorf("an access token of a parallel refresh: %v", err)
		}
	}
	if len(distinct) != racers {
		t.Errorf("%d access tokens for %d refreshes", len(distinct), racers)
	}
}

// TestRefreshAgainstEnd: whatever a refresh brings that races with the end of its
// consent or refresh token, it is dead when the end has been answered.
func TestRefreshAgainstEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *issuetest.World, raw string) error{
		"deauthorize": func(w *issuetest.World, _ string) error {
			return w.Store.Deauthorize(t.Context(), issuetest.Hanako, issuetest.Web, w.Now())
		},
		"revoke": func(w *issuetest.World, raw string) error {
			r, err := w.Issue.RefreshToken(t.Context(), raw)
			if err != nil {
				return err
			}
			return w.Store.RevokeRefreshToken(t.Context(), r.ID, w.Now(), "revoke")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			raw := w.Tokens(issuetest.Login{}).RefreshToken
			answers := make([]issuetest.Answer, racers)
			together(racers, func(i int) {
				if i == racers/2 {
					if err := end(w, raw); err != nil {
						t.Error(err)
					}
					return
				}
				answers[i] = w.Post(wire.PathToken, refreshForm(raw))
			})
			for _, a := range answers {
				switch a.Status {
				case 0: // the one that ended it
				case 200:
					if _, err := w.Issue.AccessToken(t.Context(), read(t, a).AccessToken); err == nil {
						t.Error("an access token outlived the end of its refresh token")
					}
				default:
					w.Want(a, 400, refreshBad)
				}
			}
			w.Want(w.Post(wire.PathToken, refreshForm(raw)), 400, refreshBad, raw)
		})
	}
}

// together runs f n times at once.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}
