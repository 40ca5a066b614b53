package liffapp

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/web"
)

// Lab is what development has more: LIFF browsers, the chats behind them, share target
// pickers and sub windows. It keeps them in memory and forgets the oldest. It may be
// used from many goroutines.
type Lab struct {
	cfg    LabConfig
	picker *template.Template // page of the share target picker

	mu       sync.Mutex
	launches *shelf[*launch]     // guarded by mu: by ID
	tokens   map[store.ID]string // guarded by mu: launch ID by access token
	shares   *shelf[*share]      // guarded by mu: by one-time token
	windows  *shelf[*subWindow]  // guarded by mu: by msit
	members  map[string]string   // guarded by mu: msit by mst
}

// LabConfig is what a Lab needs.
type LabConfig struct {
	// Guard lets through who may use the control API. Required.
	Guard func(router.Handler) router.Handler
	// Picture returns the URL of a person's picture by the name that the store keeps.
	// Required.
	Picture func(base router.Base, name string) string
	// Hold is how long an app's question for the result of its sub window stays open;
	// zero means 50 s, below the time that servers give an answer.
	Hold time.Duration
}

// How many of each a Lab remembers.
const (
	maxLaunches = 200
	maxShares   = 500
	maxWindows  = 500
	maxMessages = 100 // of one launch
)

// NewLab returns a Lab in which nothing is open.
func NewLab(cfg LabConfig) (*Lab, error) {
	if cfg.Hold == 0 {
		cfg.Hold = 50 * time.Second
	}
	picker, err := template.ParseFS(web.Simulator, "simulator/picker.tmpl")
	if err != nil {
		return nil, fmt.Errorf("page of the share target picker: %w", err)
	}
	l := &Lab{cfg: cfg, picker: picker}
	l.empty()
	return l, nil
}

// empty makes nothing be open. The caller holds mu, or is alone.
func (l *Lab) empty() {
	l.tokens, l.members = map[store.ID]string{}, map[string]string{}
	l.launches = newShelf(maxLaunches, func(old *launch) { l.forget(old) })
	l.shares = newShelf(maxShares, func(*share) {})
	l.windows = newShelf(maxWindows, func(old *subWindow) { delete(l.members, old.mst) })
}

// Reset closes everything that is open, as the lab does when the state goes back: no
// access token of then is in it. Apps that wait for a sub window learn that it was closed.
func (l *Lab) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.windows.items {
		s.end("close", nil)
	}
	l.empty()
}

// launch is an app that is open in a LIFF browser.
type launch struct {
	id       string
	app      store.LIFFApp
	access   store.AccessToken
	earlier  []store.AccessToken // before more scopes were granted
	closing  bool                // gets no more tokens
	botID    string
	context  liffContext
	verifier string // its SHA-256 is the app's mst_challenge
	closedAt time.Time
	messages []json.RawMessage
}

// forget drops the tokens of a launch. The caller holds mu.
func (l *Lab) forget(old *launch) {
	for _, t := range append(slices.Clone(old.earlier), old.access) {
		delete(l.tokens, t.ID)
	}
}

func (l *launch) challenge() string { return challengeOf(l.verifier) }

// challengeOf returns the challenge of a sub window's verifier. That LINE's is made in
// this way is not known: its app makes both (our choice).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// share is one use of the share target picker.
type share struct {
	liffID    string
	expiresAt time.Time
	result    string // empty until the user has decided
}

// subWindow is a sub window of an app in a LIFF browser.
type subWindow struct {
	msit, mst string
	main      *launch
	liffID    string
	appData   json.RawMessage
	status    string // empty until it has ended
	result    json.RawMessage
	ended     chan struct{} // closed with status
}

// end takes the first result. The caller holds the lab's mu.
func (s *subWindow) end(status string, result json.RawMessage) {
	if s.status == "" {
		s.status, s.result = status, result
		close(s.ended)
	}
}

// shelf remembers a bounded number of things by key and forgets the oldest.
type shelf[T any] struct {
	items  map[string]T
	order  []string
	max    int
	forget func(T)
}

func newShelf[T any](limit int, forget func(T)) *shelf[T] {
	return &shelf[T]{items: map[string]T{}, max: limit, forget: forget}
}

func (s *shelf[T]) put(key string, item T) {
	for len(s.order) >= s.max {
		s.forget(s.items[s.order[0]])
		delete(s.items, s.order[0])
		s.order = s.order[1:]
	}
	s.items[key], s.order = item, append(s.order, key)
}

// newID returns 22 random letters, digits, dashes and underscores.
func (e *Endpoints) newID() string {
	var raw [16]byte
	e.Random.Fill(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// opened returns the launch in which an access token was handed over, or nil: the app
// runs in an ordinary browser, or is closed. The caller holds mu.
func (l *Lab) opened(token store.AccessToken) *launch {
	if id, ok := l.tokens[token.ID]; ok {
		if one := l.launches.items[id]; one.closedAt.IsZero() {
			return one
		}
	}
	return nil
}

// openedNow is opened for a caller that does not hold mu; a nil Lab has nothing open.
func (l *Lab) openedNow(token store.AccessToken) *launch {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened(token)
}

// readJSON reads a small JSON body into out.
func readJSON(r *http.Request, out any) error {
	body, err := oauth2.ReadBody(r)
	if err != nil {
		return err
	}
	if len(body) > maxRuntimeBody {
		return invalid("body", "", "at most 64 kB")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return invalid("body", "", "a JSON object with the members of the SDK")
	}
	return nil
}

// maxRuntimeBody bounds what the SDK may send, in bytes (our choice).
const maxRuntimeBody = 64 << 10
