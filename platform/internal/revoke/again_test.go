package revoke_test

import (
	"context"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/revoke"
	"github.com/tegata-id/tegata/store"
)

// counted counts the verbs of revocation. With several nodes it is they that wait until no
// node takes the token any more (package lease).
type counted struct {
	store.Store
	n *atomic.Int32
}

func (c counted) RevokeAccessToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	c.n.Add(1)
	return c.Store.RevokeAccessToken(ctx, id, now, cause)
}

func (c counted) RevokeRefreshToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	c.n.Add(1)
	return c.Store.RevokeRefreshToken(ctx, id, now, cause)
}

// TestRevokeAgain: whoever revokes what has been revoked a moment ago is answered by the
// store's verb, as the first caller is, who may still be waiting for the other nodes. An
// answer at once would come before they know.
func TestRevokeAgain(t *testing.T) {
	t.Parallel()
	w := issuetest.New(t)
	var n atomic.Int32
	w.Mount(&revoke.Endpoints{Store: counted{w.Store, &n}, Issue: w.Issue, Now: w.Now})
	h := hold(w)
	for _, raw := range []string{h.access, h.refresh} {
		form := url.Values{"token": {raw}, "client_id": {issuetest.Web}, "client_secret": {issuetest.Secret(issuetest.Web)}}
		for call := int32(1); call <= 2; call++ {
			n.Store(0)
			w.Want(w.Post(wire.PathRevoke, form), 200, "")
			if got := n.Load(); got != 1 {
				t.Errorf("call %d with a %c token asked the store to revoke %d times, want once", call, issue.KindOf(raw), got)
			}
		}
	}
}
