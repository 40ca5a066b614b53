package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// replayTime is how long the developer's server may take for a request sent again.
const replayTime = 20 * time.Second

// replayRequest asks for a request of the journal to be sent again. With is "old" for the
// token as it was, which is refused once its app is closed, or "neighbour" for a token of
// the same user that was issued to another channel.
type replayRequest struct {
	Entry     int64  `json:"entry"`
	With      string `json:"with"`
	Confirmed bool   `json:"confirmed"` // for anything but GET
}

// replayAnswer is what came of it.
type replayAnswer struct {
	Status  int    `json:"status"`
	Refused bool   `json:"refused"` // 401 or 403: what a server must answer
	Verdict string `json:"verdict"`
	Body    string `json:"body"` // its beginning
}

// replay sends a request of the app to its server again.
func (s *Simulator) replay(ctx context.Context, req replayRequest) (*replayAnswer, error) {
	e, ok := s.journal.entry(req.Entry)
	if !ok || e.request == nil {
		return nil, problem(http.StatusNotFound, "this request is not kept", "make the request again in the app, and pick it from the log")
	}
	k := e.request
	l, _ := s.opened.carried(k)
	switch {
	case l == nil:
		return nil, problem(http.StatusBadRequest, "the request carries no token of the simulator", "pick a request with a token")
	case k.cut:
		return nil, problem(http.StatusBadRequest, "the request's body is too long to be kept", "pick another request")
	case k.method != http.MethodGet && k.method != http.MethodHead && !req.Confirmed:
		return nil, problem(http.StatusConflict, k.method+" may change something on your server", "confirm that it may be sent again")
	}
	about := "the token of the closed app"
	switch req.With {
	case "old":
		if !l.closed {
			return nil, problem(http.StatusBadRequest, "the app is still open, so its token is good", "close the app first")
		}
	case "neighbour":
		n, err := s.neighbour(ctx, *l)
		if err != nil {
			return nil, err
		}
		defer func() {
			_, _ = s.cfg.Platform.CloseLaunch(context.WithoutCancel(ctx), n.ID, control.LIFFCloseRequest{})
		}()
		pairs := []string{l.AccessToken, n.AccessToken}
		if l.IDToken != "" && n.IDToken != "" {
			pairs = append(pairs, l.IDToken, n.IDToken)
		}
		k = k.with(strings.NewReplacer(pairs...))
		about = "a token of the same user that was issued to channel " + n.ChannelID
	default:
		return nil, problem(http.StatusBadRequest, "with is "+req.With, "give old or neighbour")
	}
	return k.send(ctx, about)
}

// neighbour opens an app of another channel as the same person, for its tokens.
func (s *Simulator) neighbour(ctx context.Context, l launched) (*control.LIFFLaunch, error) {
	world, err := s.cfg.Platform.LIFF(ctx)
	if err != nil {
		return nil, err
	}
	for _, app := range world.Apps {
		if app.ChannelID == l.ChannelID {
			continue
		}
		if n, err := s.cfg.Platform.Launch(ctx, control.LIFFLaunchRequest{LIFFID: app.LIFFID, Person: l.person}); err == nil {
			return n, nil
		}
	}
	return nil, problem(http.StatusNotFound, "no other channel has a LIFF app that this user may open", "add one to the seed")
}

// send sends a kept request to the developer's server.
func (k *kept) send(ctx context.Context, about string) (*replayAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, replayTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, k.method, k.proxy.upstream.String()+k.path, bytes.NewReader(k.body))
	if err != nil {
		return nil, fmt.Errorf("send again: %w", err)
	}
	for name, values := range k.header {
		switch name {
		case "Connection", "Content-Length", "Accept-Encoding", "If-None-Match", "If-Modified-Since":
		default:
			r.Header[name] = slices.Clone(values)
		}
	}
	k.proxy.asUpstream(r.Header)
	client := &http.Client{
		Transport:     k.proxy.forward.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, problem(http.StatusBadGateway, "your server did not answer", "start it, then try again")
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 2<<10))
	if err != nil {
		return nil, problem(http.StatusBadGateway, "your server broke off its answer", "look at its log")
	}
	out := &replayAnswer{Status: resp.StatusCode, Body: masked(strings.ToValidUTF8(string(body), "�"))}
	switch {
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		out.Refused, out.Verdict = true, "Your server refused "+about+"."
	case resp.StatusCode < 400:
		out.Verdict = "Your server accepted " + about + ". It must verify every token, and that it was issued to your channel, at each request."
	default:
		out.Verdict = fmt.Sprintf("Your server answered %d to %s: neither accepted nor refused as unauthorized.", resp.StatusCode, about)
	}
	return out, nil
}
