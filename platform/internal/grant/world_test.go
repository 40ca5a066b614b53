package grant_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/grant"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
)

// The answers of the token endpoint.
const (
	paramsBad   = `{"error":"invalid_request","error_description":"some parameters missed or invalid"}`
	clientBad   = `{"error":"invalid_client","error_description":"invalid client_id"}`
	secretBad   = `{"error":"invalid_client","error_description":"invalid client_secret"}`
	codeBad     = `{"error":"invalid_grant","error_description":"invalid authorization code"}`
	redirectBad = `{"error":"invalid_grant","error_description":"redirect_uri does not match"}`
	verifierBad = `{"error":"invalid_grant","error_description":"code_verifier does not match"}`
	refreshBad  = `{"error":"invalid_grant","error_description":"invalid refresh token"}`
	grantBad    = `{"error":"unsupported_grant_type","error_description":"unsupported grant_type"}`
	tokens      = `{"access_token":"tga_…","expires_in":2592000,"id_token":"…","refresh_token":"tgr_…","scope":"profile openid","token_type":"Bearer"}`
	liffTokens  = `{"access_token":"tga_…","expires_in":43200,"id_token":"…","scope":"profile openid","token_type":"Bearer"}`
)

func newWorld(t testing.TB) *issuetest.World {
	t.Helper()
	w := issuetest.New(t)
	return w.Mount(&grant.Endpoints{Store: w.Store, Issue: w.Issue, Now: w.Now})
}

// form makes a form of names and values by turns; the value "-" takes a name out.
func form(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "-" {
			out.Del(pairs[i])
		}
	}
	return out
}

// codeForm is the form of a web app's code exchange.
func codeForm(code string, pairs ...string) url.Values {
	return form(append([]string{
		"grant_type", "authorization_code", "code", code, "redirect_uri", issuetest.Callback,
		"client_id", issuetest.Web, "client_secret", issuetest.Secret(issuetest.Web),
	}, pairs...)...)
}

func basicAuth(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// read reads a token response.
func read(t testing.TB, a issuetest.Answer) wire.TokenResponse {
	t.Helper()
	var out wire.TokenResponse
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil || a.Status != 200 {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	return out
}
