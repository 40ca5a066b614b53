package platform_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// exchange is the answer of the token endpoint.
type exchange struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
}

func (w *world) exchange(form url.Values) (exchange, int) {
	return w.exchangeAt("/oauth2/v2.1/token", form)
}

func (w *world) exchangeAt(path string, form url.Values) (exchange, int) {
	a := w.do(w.server, "POST", path, form)
	var out exchange
	if a.status == http.StatusOK {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			w.t.Error(err)
		}
	}
	return out, a.status
}

// TestParallelRedeem presents one code 64 times at once: one call wins.
func TestParallelRedeem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			switch _, status := w.exchange(codeForm(code)); status {
			case http.StatusOK:
				won.Add(1)
			case http.StatusBadRequest:
			default:
				t.Errorf("status %d", status)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 64 exchanges of one code succeeded, want 1", won.Load())
	}
}

// TestParallelRefresh refreshes 32 times at once: all succeed. After the revocation of
// the refresh token, or after deauthorization, none of them is good, also none that was
// under way.
func TestParallelRefresh(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world, first exchange) answer{
		"revoke": func(w *world, first exchange) answer {
			return w.do(w.server, "POST", "/oauth2/v2.1/revoke", url.Values{"refresh_token": {first.Refresh}, "client_id": {"2000000001"}})
		},
		"deauthorize": func(w *world, first exchange) answer {
			return w.deauthorize(first.Access)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := w.login("hanako", "/oauth2/v2.1/authorize", benchRequest).Query().Get("code")
			first, _ := w.exchange(codeForm(code))
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.Refresh}, "client_id": {"2000000001"}}
			tokens := make(chan string, 128)
			refresh := func(must bool) {
				next, status := w.exchange(form)
				if status == http.StatusOK {
					tokens <- next.Access
				} else if must || status != http.StatusBadRequest {
					t.Errorf("refresh: status %d", status)
				}
			}
			var wg sync.WaitGroup
			for range 32 {
				wg.Go(func() { refresh(true) })
			}
			wg.Wait()
			for range 32 { // these race the end
				wg.Go(func() { refresh(false) })
			}
			if a := end(w, first); a.status != http.StatusOK && a.status != http.StatusNoContent {
				t.Fatalf("%s: status %d %s", name, a.status, a.body)
			}
			wg.Wait()
			close(tokens)
			n := 0
			for token := range tokens {
				if a := w.do(w.server, "GET", "/oauth2/v2.1/verify?access_token="+token, nil); a.status == http.StatusOK {
					t.Errorf("a token survived: %s", a.body)
				}
				n++
			}
			if n < 32 {
				t.Errorf("only %d refreshes succeeded", n)
			}
		})
	}
}

// deauthorize withdraws the consent behind an access token, as an app's server does.
func (w *world) deauthorize(access string) answer {
	channel, _ := w.exchangeAt("/oauth2/v3/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"2000000001"}, "client_secret": {"dev0839511b77483302d5f1613f7cd40"},
	})
	return w.doJSON("POST", "/user/v1/deauthorize", channel.Access, `{"userAccessToken":"`+access+`"}`)
}

// TestOnlyIDTokensVerify feeds every other token of ours to the ID-token verifier.
func TestOnlyIDTokensVerify(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	back := w.login("hanako", "/oauth2/v2.1/authorize", benchRequest)
	got, _ := w.exchange(codeForm(back.Query().Get("code")))
	var context struct {
		Token string `json:"contextToken"`
	}
	if err := json.Unmarshal([]byte(w.doJSON("GET", "/liff/v2/apps/2000000001-demo0001/contextToken", got.Access, "").body), &context); err != nil {
		t.Fatal(err)
	}
	jarm := url.Values{"response_mode": {"jwt"}}
	for k, v := range benchRequest {
		jarm[k] = v
	}
	channel, _ := w.exchangeAt("/v2/oauth/accessToken", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"2000000001"}, "client_secret": {"dev0839511b77483302d5f1613f7cd40"},
	})
	verify := func(token, client string) answer {
		return w.do(w.server, "POST", "/oauth2/v2.1/verify", url.Values{"id_token": {token}, "client_id": {client}})
	}
	if a := verify(got.ID, "2000000001"); a.status != http.StatusOK {
		t.Fatalf("control: the ID token is refused: %s", a.body)
	}
	for name, token := range map[string]string{
		"context token": context.Token, "signed response": w.login("hanako", "/oauth2/v2.1/authorize", jarm).Query().Get("response"),
		"access token": got.Access, "refresh token": got.Refresh, "channel access token": channel.Access,
	} {
		if a := verify(token, "2000000001"); token == "" || a.status != http.StatusBadRequest {
			t.Errorf("%s (%d bytes): status %d %s, want 400", name, len(token), a.status, a.body)
		}
	}
	for _, client := range []string{"2000000002", "2000000003", "2000000004"} {
		if a := verify(got.ID, client); a.status != http.StatusBadRequest {
			t.Errorf("ID token of 2000000001 for %s: status %d", client, a.status)
		}
	}
}
