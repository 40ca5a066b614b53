package revoke_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/revoke"
	"github.com/tegata-id/tegata/store"
)

// failing is a store in which nothing can be ended.
type failing struct{ store.Store }

var errDisk = errors.New("disk on fire")

func (failing) RevokeAccessToken(context.Context, store.ID, time.Time, string) error { return errDisk }

func (failing) RevokeRefreshToken(context.Context, store.ID, time.Time, string) error { return errDisk }

func (failing) RevokeChannelToken(context.Context, store.ID, time.Time) error { return errDisk }

func (failing) Deauthorize(context.Context, string, string, time.Time) error { return errDisk }

// TestStoreFailure: what the store did not take is never answered as done, and the
// answer says nothing of why.
func TestStoreFailure(t *testing.T) {
	t.Parallel()
	const fault = `{"message":"Internal server error"}`
	w := issuetest.New(t)
	w.Mount(&revoke.Endpoints{Store: failing{w.Store}, Issue: w.Issue, Now: w.Now})
	h := hold(w)
	for _, raw := range []string{h.access, h.refresh, h.v21} {
		form := url.Values{"access_token": {raw}, "client_id": {issuetest.Web}, "client_secret": {issuetest.Secret(issuetest.Web)}}
		w.Want(w.Post(wire.PathRevoke, form), 500, fault, raw)
	}
	w.Want(deauthorize(w, h.v21, `{"userAccessToken":"`+h.access+`"}`), 500, fault, h.access)
}
