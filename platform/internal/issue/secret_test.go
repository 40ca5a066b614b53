package issue_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// TestSecrets: an older secret is live until its grace period ends.
func TestSecrets(t *testing.T) {
	t.Parallel()
	w := issuetest.New(t)
	fresh := strings.Repeat("n", 32)
	sealed, err := w.Issue.SealSecret(issuetest.Web, fresh)
	w.Must(err)
	w.ChangeChannel(issuetest.Web, func(c *store.Channel) {
		c.Secrets[0].ExpiresAt = w.Now().Add(time.Hour)
		c.Secrets = append([]store.ChannelSecret{{Sealed: sealed, CreatedAt: w.Now()}}, c.Secrets...)
	})
	match := func(secret string, want bool) {
		t.Helper()
		if got, err := w.Issue.MatchSecret(w.Channel(issuetest.Web), secret); err != nil || got != want {
			t.Errorf("MatchSecret(%q) = %v, %v; want %v", secret, got, err, want)
		}
	}
	match(fresh, true)
	match(issuetest.Secret(issuetest.Web), true)
	match("", false)
	match(fresh[1:], false)
	match(fresh+"n", false)
	match(issuetest.Secret(issuetest.Mobile), false)
	if all, err := w.Issue.Secrets(w.Channel(issuetest.Web)); err != nil || len(all) != 2 || string(all[0]) != fresh {
		t.Errorf("Secrets: %q, %v; want the newest first", all, err)
	}
	w.Advance(time.Hour)
	match(issuetest.Secret(issuetest.Web), false)
	match(fresh, true)

	// A secret that was moved to another channel does not open there.
	c := w.Channel(issuetest.Mobile)
	c.Secrets = w.Channel(issuetest.Web).Secrets
	if ok, err := w.Issue.MatchSecret(c, fresh); err == nil || ok {
		t.Errorf("a sealed secret was moved to another channel: %v, %v", ok, err)
	}
}
