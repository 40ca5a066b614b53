package grant_test

import (
	"context"
	"errors"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/grant"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// failing is a store that cannot be read beyond what package issue reads.
type failing struct{ store.Store }

var errDisk = errors.New("disk on fire")

func (failing) Person(context.Context, string) (store.Person, error) { return store.Person{}, errDisk }

func (failing) LIFFApp(context.Context, string) (store.LIFFApp, error) {
	return store.LIFFApp{}, errDisk
}

func (failing) RevokeChannelToken(context.Context, store.ID, time.Time) error {
	return errDisk
}

func (failing) UseAssertion(context.Context, string, string, time.Time, time.Time) error {
	return errDisk
}

// TestStoreFailure: no token is issued when a check could not be made.
func TestStoreFailure(t *testing.T) {
	t.Parallel()
	const fault = `{"message":"Internal server error"}`
	good := withKey(t)
	broken := good.Again()
	broken.Mount(&grant.Endpoints{Store: failing{good.Store}, Issue: good.Issue, Now: good.Now})
	ask := func(form map[string][]string, path string) {
		t.Helper()
		broken.Want(broken.Post(path, form), 500, fault)
	}
	ask(refreshForm(good.Tokens(issuetest.Login{}).RefreshToken), wire.PathToken)
	raw, _ := good.Code(liff)
	ask(codeForm(raw, liffForm...), wire.PathToken)
	good.Want(good.Post(wire.PathToken, codeForm(raw, liffForm...)), 200, liffTokens) // the code is not burnt
	assertion := sign(t, gojose.RS256, signingKey(), keyID, claims(good, "jti", "1"))
	ask(assertionForm(assertion), wire.PathToken)
	ask(assertionForm(assertion), wire.PathStatelessV3)
	ask(form("access_token", good.ChannelToken(issuetest.Web, store.ChannelTokenShortLived, time.Hour)), wire.PathV2Revoke)
}
