package clienttest_test

import (
	"strings"
	"testing"

	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
	"github.com/line/line-bot-sdk-go/v8/linebot/liff"
)

// Lifetimes of channel access tokens in seconds (LINE's page "Channel access token").
const (
	shortLived = 30 * 24 * 3600
	stateless  = 15 * 60
)

// TestBotSDKNode manages LIFF apps with LINE's bot SDK for Node.
func TestBotSDKNode(t *testing.T) {
	t.Parallel()
	p := startPlatform(t)
	n := startNode(t, "bot-sdk.mjs", p.BaseURL, p.ChannelID, p.ChannelSecret)
	type token struct {
		Type      string
		ExpiresIn int64
	}
	var got struct {
		Short, Stateless token
		Verified         struct {
			ClientID  string `json:"client_id"`
			ExpiresIn int64  `json:"expires_in"`
		}
		WrongSecret, PlainHTTP, Gone, Revoked string
		LiffID                                string `json:"liffId"`
		Changed                               liff.LiffApp
		Before, After                         int
	}
	n.read(t, &got)
	if (got.Short != token{"Bearer", shortLived}) || (got.Stateless != token{"Bearer", stateless}) {
		t.Errorf("tokens %+v and %+v, want Bearer for 30 days and 15 minutes", got.Short, got.Stateless)
	}
	if got.Verified.ClientID != p.ChannelID || got.Verified.ExpiresIn <= 0 || got.Verified.ExpiresIn > shortLived {
		t.Errorf("verify: %+v, want channel %s", got.Verified, p.ChannelID)
	}
	wantChanged(t, p, got.LiffID, got.Changed)
	for name, c := range map[string]struct{ got, want string }{
		"wrong secret":        {got.WrongSecret, "400 "},
		"plain http endpoint": {got.PlainHTTP, "400 "},
		"deleted twice":       {got.Gone, "404 "},
		"revoked token":       {got.Revoked, "401 "},
	} {
		if !strings.HasPrefix(c.got, c.want) {
			t.Errorf("%s: %q, want status %s", name, c.got, c.want)
		}
	}
	if got.Before != got.After || got.Before == 0 {
		t.Errorf("%d apps before, %d after, want as many", got.Before, got.After)
	}
}

// wantChanged wants the app as it was added and then changed in part.
func wantChanged(t *testing.T, p *platform, id string, app liff.LiffApp) {
	t.Helper()
	if !strings.HasPrefix(id, p.ChannelID+"-") || len(id) != len(p.ChannelID)+9 {
		t.Errorf("LIFF ID %q, want the channel ID, a hyphen and eight characters", id)
	}
	if app.LiffId != id || app.View == nil || app.View.Type != "full" || app.View.Url != "https://example.com/newer" ||
		app.Description != "made by the bot SDK" || app.BotPrompt != "normal" || len(app.Scope) != 2 {
		t.Errorf("the app %s is %+v with view %+v, want the changed view and the rest as it was", id, app, app.View)
	}
}

// TestBotSDKGo does the same with LINE's bot SDK for Go, which sends an empty
// client_assertion beside the secret.
func TestBotSDKGo(t *testing.T) {
	t.Parallel()
	p := startPlatform(t)
	tokens, err := channel_access_token.NewChannelAccessTokenAPI(channel_access_token.WithEndpoint(p.BaseURL))
	if err != nil {
		t.Fatal(err)
	}
	short, err := tokens.IssueChannelToken("client_credentials", p.ChannelID, p.ChannelSecret)
	if err != nil || short.ExpiresIn != shortLived || short.TokenType != "Bearer" {
		t.Fatalf("short-lived token: %+v: %v", short, err)
	}
	free, err := tokens.IssueStatelessChannelToken("client_credentials", "", "", p.ChannelID, p.ChannelSecret)
	if err != nil || free.ExpiresIn != stateless {
		t.Fatalf("stateless token: %v, want one for 15 minutes", err)
	}
	verified, err := tokens.VerifyChannelToken(short.AccessToken)
	if err != nil || verified.ClientId != p.ChannelID {
		t.Errorf("verify: %+v: %v", verified, err)
	}
	if _, err := tokens.IssueChannelToken("client_credentials", p.ChannelID, strings.Repeat("0", 32)); err == nil || !strings.Contains(err.Error(), "400") || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("wrong secret: %v, want 400 invalid_client", err)
	}
	for name, channelToken := range map[string]string{"short-lived": short.AccessToken, "stateless": free.AccessToken} {
		manageApps(t, p, name, channelToken)
	}
	if _, err := tokens.RevokeChannelToken(short.AccessToken); err != nil {
		t.Errorf("revoke: %v", err)
	}
	apps, err := liff.NewLiffAPI(short.AccessToken, liff.WithEndpoint(p.BaseURL))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apps.GetAllLIFFApps(); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("LIFF API with a revoked token: %v, want 401", err)
	}
}

// manageApps adds, changes, lists and deletes an app.
func manageApps(t *testing.T, p *platform, kind, channelToken string) {
	t.Helper()
	apps, err := liff.NewLiffAPI(channelToken, liff.WithEndpoint(p.BaseURL))
	if err != nil {
		t.Fatal(err)
	}
	added, err := apps.AddLIFFApp(&liff.AddLiffAppRequest{
		View:        &liff.LiffView{Type: "tall", Url: "https://example.com/new?a=1"},
		Description: "made by the bot SDK", Scope: []liff.LiffScope{"openid", "profile"}, BotPrompt: "normal",
	})
	if err != nil {
		t.Fatalf("%s: add: %v", kind, err)
	}
	if _, err := apps.UpdateLIFFApp(added.LiffId, &liff.UpdateLiffAppRequest{View: &liff.UpdateLiffView{Type: "full", Url: "https://example.com/newer"}}); err != nil {
		t.Errorf("%s: update: %v", kind, err)
	}
	all, err := apps.GetAllLIFFApps()
	if err != nil {
		t.Fatalf("%s: list: %v", kind, err)
	}
	var found liff.LiffApp
	for _, a := range all.Apps {
		if a.LiffId == added.LiffId {
			found = a
		}
	}
	wantChanged(t, p, added.LiffId, found)
	if _, err := apps.DeleteLIFFApp(added.LiffId); err != nil {
		t.Errorf("%s: delete: %v", kind, err)
	}
	if _, err := apps.DeleteLIFFApp(added.LiffId); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%s: delete again: %v, want 404", kind, err)
	}
}
