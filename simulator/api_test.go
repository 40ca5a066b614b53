package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/simulator"
)

// TestGuard: the page's API holds an admin token, so only the page may call it.
func TestGuard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	launch := `{"liffId":"` + appID + `","person":"hanako"}`
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		want               int
	}{
		"the page":             {"GET", "", "", nil, 200},
		"its style":            {"GET", "page.css", "", nil, 200},
		"its script":           {"GET", "page.js", "", nil, 200},
		"its icon":             {"GET", "icon.svg", "", nil, 200},
		"the page's call":      {"GET", "api/world", "", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"another site":         {"GET", "api/world", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"the app, same site":   {"GET", "api/world", "", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"no browser":           {"GET", "api/world", "", nil, 403},
		"a name rebound to us": {"GET", "api/world", "", []string{"Sec-Fetch-Site", "same-origin", "Host", "evil.example"}, 403},
		"page, name rebound":   {"GET", "", "", []string{"Host", "evil.example"}, 403},
		"a form":               {"POST", "api/launch", launch, []string{"Sec-Fetch-Site", "same-origin", "Content-Type", "text/plain"}, 403},
		"unknown member":       {"POST", "api/launch", `{"x":1}`, []string{"Sec-Fetch-Site", "same-origin", "Content-Type", "application/json"}, 400},
		"a launch":             {"POST", "api/launch", launch, []string{"Sec-Fetch-Site", "same-origin", "Content-Type", "application/json"}, 200},
	} {
		if a := w.send(c.method, w.base+simulator.Path+c.path, c.body, c.headers...); a.status != c.want {
			t.Errorf("%s: %d %s, want %d", name, a.status, a.body, c.want)
		}
	}
	if p := w.send("GET", w.base+simulator.Path, "").header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") || !strings.Contains(p, w.origin) {
		t.Errorf("policy of the page: %s", p)
	}
}

// TestReports: only the app's page reports, and only what there is to find.
func TestReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	for body, want := range map[string]int{
		`{"code":"profile-without-token","where":"POST /order","fields":["userId"]}`: 204,
		`{"code":"boiled-over"}`: 400,
		`{`:                      400,
	} {
		if a := w.send("POST", w.origin+"/_tegata/report", body, "Sec-Fetch-Site", "same-origin"); a.status != want {
			t.Errorf("%s: %d, want %d", body, a.status, want)
		}
	}
	if a := w.send("POST", w.origin+"/_tegata/report", `{"code":"token-in-url"}`, "Sec-Fetch-Site", "same-site"); a.status != 403 {
		t.Errorf("a report of another page: %d, want 403", a.status)
	}
	found := w.entries(1)
	if f := found[0].Finding; f == nil || f.Code != "profile-without-token" || f.App != w.origin || f.Where != "POST /order" {
		t.Errorf("journal %+v, want the finding", found[0])
	}
}

// TestReplay: a request of the app is sent to its server again with the token of the
// closed app, and with a token of another channel. The careless server takes both; the
// careful one refuses them.
func TestReplay(t *testing.T) {
	t.Parallel()
	for name, careful := range map[string]bool{"careless": false, "careful": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var good string
			w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
				if string(body) != "tea" || careful && token != good {
					rw.WriteHeader(http.StatusUnauthorized)
				}
			}))
			var launch control.LIFFLaunch
			w.call("launch", control.LIFFLaunchRequest{LIFFID: appID, Person: "hanako"}, &launch)
			good = launch.AccessToken
			if a := w.send("POST", w.origin+"/order", "tea", "Authorization", "Bearer "+good); a.status != http.StatusOK {
				t.Fatalf("the order: %d", a.status)
			}
			entry := w.entries(1)[0]
			if entry.Kind != "server" || entry.Token != "access token" || strings.Contains(entry.Curl, good) || !strings.Contains(entry.Curl, "$ACCESS_TOKEN") {
				t.Fatalf("journal %+v, want the order with its token masked", entry)
			}
			type request struct {
				Entry     int64  `json:"entry"`
				With      string `json:"with"`
				Confirmed bool   `json:"confirmed"`
			}
			if a := w.call("replay", request{entry.Seq, "neighbour", false}, nil); a.status != http.StatusConflict {
				t.Errorf("a POST that nobody confirmed: %d, want 409", a.status)
			}
			if a := w.call("replay", request{entry.Seq, "old", true}, nil); a.status != http.StatusBadRequest {
				t.Errorf("the old token of an open app: %d, want 400", a.status)
			}
			check := func(with string) {
				t.Helper()
				var out struct {
					Status  int
					Refused bool
					Verdict string
				}
				if a := w.call("replay", request{entry.Seq, with, true}, &out); a.status != http.StatusOK || out.Refused != careful {
					t.Errorf("%s: %d, %+v; want refused %v", with, a.status, out, careful)
				}
			}
			check("neighbour")
			w.call("launch/"+launch.ID+"/close", control.LIFFCloseRequest{}, nil)
			good = "" // a careful server asks the platform, which has revoked it
			check("old")
		})
	}
}

// TestWatch: calls of the platform are told with the reason of a refusal, and without
// tokens.
func TestWatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	var launch control.LIFFLaunch
	w.call("launch", control.LIFFLaunchRequest{LIFFID: appID, Person: "hanako"}, &launch)
	w.send("GET", w.base+"/oauth2/v2.1/verify?access_token="+launch.AccessToken, "", "Origin", w.origin)
	a := w.send("GET", w.base+"/v2/profile", "", "Authorization", "Bearer garbage")
	found := w.entries(2)
	if e := found[0]; e.From != "app" || e.Status != 200 || e.URL != "/oauth2/v2.1/verify?access_token=$ACCESS_TOKEN" {
		t.Errorf("the app's call: %+v", e)
	}
	e := found[1]
	if e.From != "server" || e.Status != 401 || e.RequestID != a.header.Get("x-line-request-id") {
		t.Errorf("the server's call: %+v", e)
	}
	var why []control.Event
	if w.call("why/"+e.RequestID, nil, &why); len(why) == 0 || why[len(why)-1].Fix == "" {
		t.Errorf("why %s: %+v", e.RequestID, why)
	}
	if text, _ := json.Marshal(found); strings.Contains(string(text), launch.AccessToken) {
		t.Error("the journal holds the access token")
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	const jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJVIn0.c2lnbmF0dXJl"
	token := "tga_A" + strings.Repeat("x", 80)
	got := simulator.Masked(`{"idToken":"` + jwt + `","access":"` + token + `","tea":"sencha"}`)
	if want := `{"idToken":"$ID_TOKEN","access":"$ACCESS_TOKEN","tea":"sencha"}`; got != want {
		t.Errorf("masked: %s, want %s", got, want)
	}
}
