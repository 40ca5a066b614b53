package pagecheck_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/lan"
	"github.com/tegata-id/tegata/cmd/tegata/localca"
	"github.com/tegata-id/tegata/internal/stage"
)

// network serves the pages for phones of the network: the pairing page, and the one of the
// local authority. They come without TLS here, which changes nothing of how they look; only
// localhost keeps the cookie then.
type network struct {
	gate        *lan.Gate
	pair, guide string
}

func startNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{}
	srv := httptest.NewUnstartedServer(nil)
	host := strings.Replace(srv.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	n.gate = lan.NewGate(lan.GateConfig{
		Base: "https://" + host, Fresh: func(string) {}, Now: time.Now,
		Apps: func() []lan.App {
			return []lan.App{
				{Name: "Tea House demo app", Origin: "https://192.168.1.5:4882", URL: "https://192.168.1.5:4882/"},
				{Name: "Your app at http://localhost:5173, which has a description that takes more than one line", Origin: "https://192.168.1.5:4883", URL: "https://192.168.1.5:4883/"},
			}
		},
	})
	srv.Config.Handler = n.gate.Platform(http.NotFoundHandler())
	srv.Start()
	t.Cleanup(srv.Close)
	n.pair = "http://" + host + lan.Path
	ca, _, err := localca.Open(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	guide := httptest.NewServer(lan.Authority(ca, n.pair))
	t.Cleanup(guide.Close)
	n.guide = strings.Replace(guide.URL, "127.0.0.1", "localhost", 1)
	return n
}

func networkStates() []state {
	pairing := func(t *testing.T, w *world, code string) *stage.Tab {
		n := startNetwork(t)
		if code == "" {
			code = n.gate.Code()
		}
		b := w.browser.Open(t, n.pair+"?code="+code)
		b.Await("the form", `document.querySelector("#code") !== null`)
		return b
	}
	return []state{
		{name: "trust this machine", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, startNetwork(t).guide)
			b.Await("the guide", `document.querySelector(".finger") !== null`)
			return b
		}},
		{name: "pair this phone", open: func(t *testing.T, w *world) *stage.Tab { return pairing(t, w, "12345678") }},
		{name: "pairing refused", open: func(t *testing.T, w *world) *stage.Tab {
			b := pairing(t, w, "x")
			b.Call(`(document.querySelector("#code").value = "no code", true)`, nil)
			b.Press("button.main")
			b.Await("the refusal", `document.querySelector("#alert") !== null`)
			return b
		}},
		{name: "paired", open: func(t *testing.T, w *world) *stage.Tab {
			b := pairing(t, w, "")
			b.Press("button.main")
			b.Await("the list of apps", `document.querySelectorAll(".apps a").length === 2`)
			return b
		}},
	}
}
