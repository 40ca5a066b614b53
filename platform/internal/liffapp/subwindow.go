package liffapp

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// statusError makes the SDK ask again.
const statusError = "error"

// serveOrigin answers GET /liff/v2/sub/{liffId}/origin, which an app in an ordinary
// browser asks before it opens another one in a window.
func (e *Endpoints) serveOrigin(w http.ResponseWriter, r *http.Request) error {
	app, err := e.app(r)
	if err != nil {
		return err
	}
	if _, err := e.Issue.Bearer(r, ""); err != nil {
		return err
	}
	u, err := url.Parse(endpointFor(app, r))
	if err != nil {
		return err
	}
	return router.WriteJSON(w, wire.SubWindowOrigin{Origin: u.Scheme + "://" + u.Host, CommonModule: true})
}

// serveOpenSub answers POST /liff/v2/sub/msit: an app in a LIFF browser asks for a sub
// window.
func (e *Endpoints) serveOpenSub(w http.ResponseWriter, r *http.Request) error {
	token, err := e.Issue.Bearer(r, "")
	if err != nil {
		return err
	}
	var body struct {
		MainLIFFID string          `json:"mainLiffId"`
		SubLIFFID  string          `json:"subLiffId"`
		Challenge  string          `json:"mstChallenge"`
		AppData    json.RawMessage `json:"appData"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if !idForm.MatchString(body.SubLIFFID) {
		return invalid("subLiffId", oauth2.Clip(body.SubLIFFID), "a LIFF ID")
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	main := e.Lab.opened(token)
	if main == nil || main.app.ID != body.MainLIFFID || !equal(main.challenge(), body.Challenge) {
		return subRefused("LIFF browser of the main window")
	}
	s := &subWindow{msit: e.newID(), main: main, liffID: body.SubLIFFID, appData: body.AppData, ended: make(chan struct{})}
	e.Lab.windows.put(s.msit, s)
	return router.WriteJSON(w, map[string]string{"msit": s.msit})
}

func subRefused(check string) error {
	return &oauth2.Error{
		Description: "The sub window is not known", Check: check, Fix: "open the sub window again, in a LIFF browser of the simulator",
	}
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// serveWaitSub answers POST /liff/v2/sub/waitResult: it stays open until the sub window
// has ended, or lets the SDK ask again.
func (e *Endpoints) serveWaitSub(w http.ResponseWriter, r *http.Request) error {
	if _, err := e.Issue.Bearer(r, ""); err != nil {
		return err
	}
	var body struct {
		MSIT      string `json:"msit"`
		Challenge string `json:"mstChallenge"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	e.Lab.mu.Lock()
	s := e.Lab.windows.items[body.MSIT]
	e.Lab.mu.Unlock()
	if s == nil || !equal(s.main.challenge(), body.Challenge) {
		return subRefused("msit or mstChallenge")
	}
	hold := time.NewTimer(e.Lab.cfg.Hold)
	defer hold.Stop()
	select {
	case <-s.ended:
		e.Lab.mu.Lock()
		defer e.Lab.mu.Unlock()
		return router.WriteJSON(w, control.LIFFSubWindowResult{Status: s.status, Result: s.result})
	case <-hold.C:
		return router.WriteJSON(w, control.LIFFSubWindowResult{Status: statusError})
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

// serveEnterSub answers POST /liff/v2/sub/mst: the app in the sub window proves by the
// verifier that it was opened there.
func (e *Endpoints) serveEnterSub(w http.ResponseWriter, r *http.Request) error {
	token, err := e.Issue.Bearer(r, "")
	if err != nil {
		return err
	}
	var body struct {
		MSIT     string `json:"msit"`
		Verifier string `json:"mstVerifier"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s := e.Lab.windows.items[body.MSIT]
	if s == nil || s.liffID != token.LIFFID || !equal(s.main.challenge(), challengeOf(body.Verifier)) {
		return subRefused("msit, mstVerifier, or the app of the access token")
	}
	if s.mst == "" {
		s.mst = e.newID()
		e.Lab.members[s.mst] = s.msit
	}
	return router.WriteJSON(w, map[string]string{"mst": s.mst})
}

// member returns the sub window of an mst. The caller holds the lab's mu.
func (l *Lab) member(mst string, token store.AccessToken) (*subWindow, error) {
	s := l.windows.items[l.members[mst]]
	if s == nil || s.liffID != token.LIFFID {
		return nil, subRefused("mst")
	}
	return s, nil
}

// serveSubData answers POST /liff/v2/sub/appData.
func (e *Endpoints) serveSubData(w http.ResponseWriter, r *http.Request) error {
	token, err := e.Issue.Bearer(r, "")
	if err != nil {
		return err
	}
	var body struct {
		MST string `json:"mst"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s, err := e.Lab.member(body.MST, token)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, map[string]json.RawMessage{"data": s.appData})
}

// serveSubResult answers POST /liff/v2/sub/result: the app in the sub window submits,
// cancels or closes.
func (e *Endpoints) serveSubResult(w http.ResponseWriter, r *http.Request) error {
	token, err := e.Issue.Bearer(r, "")
	if err != nil {
		return err
	}
	var body struct {
		MST string `json:"mst"`
		control.LIFFSubWindowResult
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if err := checkStatus(body.Status); err != nil {
		return err
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s, err := e.Lab.member(body.MST, token)
	if err != nil {
		return err
	}
	s.end(body.Status, body.Result)
	return router.WriteJSON(w, struct{}{})
}

func checkStatus(status string) error {
	if !slices.Contains([]string{"submit", "cancel", "close"}, status) {
		return invalid("status", oauth2.Clip(status), "submit, cancel or close")
	}
	return nil
}

// window returns the sub window that a control request's path names. The caller holds
// the lab's mu.
func (l *Lab) window(r *http.Request) (*subWindow, error) {
	s := l.windows.items[r.PathValue("msit")]
	if s == nil {
		return nil, &oauth2.Error{Status: http.StatusNotFound, Description: "no such sub window", Check: "msit", Fix: "open it again"}
	}
	return s, nil
}

// serveShowSub shows a sub window to the LIFF browser.
func (e *Endpoints) serveShowSub(w http.ResponseWriter, r *http.Request) error {
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s, err := e.Lab.window(r)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, control.LIFFSubWindow{MSIT: s.msit, MainLIFFID: s.main.app.ID, LIFFID: s.liffID, AppData: s.appData})
}

// serveEndSub ends a sub window for the LIFF browser, whose user may close it.
func (e *Endpoints) serveEndSub(w http.ResponseWriter, r *http.Request) error {
	var body control.LIFFSubWindowResult
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if err := checkStatus(body.Status); err != nil {
		return err
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s, err := e.Lab.window(r)
	if err != nil {
		return err
	}
	s.end(body.Status, body.Result)
	return router.WriteJSON(w, struct{}{})
}
