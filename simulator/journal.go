package simulator

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"
)

// How many entries the journal keeps, and how much of a request's body.
const (
	maxEntries = 400
	maxKept    = 64 << 10
)

// Entry is one line of the journal: a call, or a finding of the script in front of an app.
type Entry struct {
	Seq  int64     `json:"seq"`
	Time time.Time `json:"time"`
	// Kind is "platform" for a call of the platform, "server" for a call of the app's own
	// server through its port, and "finding".
	Kind string `json:"kind"`
	// From says who called: "app" is a page, "server" anything else.
	From      string   `json:"from,omitempty"`
	Method    string   `json:"method,omitempty"`
	URL       string   `json:"url,omitempty"` // tokens masked
	Status    int      `json:"status,omitempty"`
	Millis    int64    `json:"millis"`
	RequestID string   `json:"requestId,omitempty"` // of a call of the platform
	Token     string   `json:"token,omitempty"`     // which token a call of the app's server carried
	Curl      string   `json:"curl,omitempty"`      // tokens as shell variables
	Finding   *Finding `json:"finding,omitempty"`

	request *kept
}

// kept is a request of the app to its own server, as it was.
type kept struct {
	proxy  *proxy
	method string
	path   string // with the query
	header map[string][]string
	body   []byte
	cut    bool // the body was longer than maxKept
}

// Finding is what the script in front of an app saw the app do. It holds no value of a
// user, and no token.
type Finding struct {
	Code   string   `json:"code"`
	App    string   `json:"app"`              // origin of the app's port
	Where  string   `json:"where,omitempty"`  // method, origin and path, or a storage key
	Fields []string `json:"fields,omitempty"` // names of what was sent
}

// The findings that there are. Titles and fixes are the page's.
func findingCodes() []string {
	return []string{
		"profile-without-token", "token-in-url", "token-in-page-url", "token-in-referer", "expired-id-token-sent",
		"expired-id-token-stored", "token-copied", "init-outside-endpoint", "init-failed", "policy-in-page",
	}
}

func (f Finding) known() bool {
	return slices.Contains(findingCodes(), f.Code) && len(f.Where) <= 1000 && len(f.Fields) <= 20
}

// journal keeps the last entries and wakes who waits for new ones.
type journal struct {
	now func() time.Time
	id  string // by which a page knows that this is not the journal of an earlier start

	mu      sync.Mutex
	entries []Entry       // guarded by mu
	seq     int64         // guarded by mu
	news    chan struct{} // guarded by mu: closed at the next entry
	ended   chan struct{}
	end     sync.Once
}

func newJournal(now func() time.Time) *journal {
	return &journal{now: now, id: rand.Text(), news: make(chan struct{}), ended: make(chan struct{})}
}

func (j *journal) close() { j.end.Do(func() { close(j.ended) }) }

func (j *journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	e.Seq, e.Time = j.seq, j.now()
	if len(j.entries) >= maxEntries {
		j.entries = j.entries[1:]
	}
	j.entries = append(j.entries, e)
	close(j.news)
	j.news = make(chan struct{})
}

// find adds a finding, unless the last ones have it already: an app that asks every second
// must not push everything else out.
func (j *journal) find(f Finding) {
	j.mu.Lock()
	for _, e := range j.entries {
		if e.Finding != nil && e.Finding.Code == f.Code && e.Finding.App == f.App && e.Finding.Where == f.Where && slices.Equal(e.Finding.Fields, f.Fields) {
			j.mu.Unlock()
			return
		}
	}
	j.mu.Unlock()
	j.add(Entry{Kind: "finding", Finding: &f})
}

// after returns the entries behind seq, and a channel that is closed at the next one.
func (j *journal) after(seq int64) ([]Entry, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i, _ := slices.BinarySearchFunc(j.entries, seq+1, func(e Entry, want int64) int { return int(e.Seq - want) })
	return slices.Clone(j.entries[i:]), j.news
}

// last returns the number of the newest entry; zero: there was none.
func (j *journal) last() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

// entry returns one entry.
func (j *journal) entry(seq int64) (Entry, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Seq == seq {
			return e, true
		}
	}
	return Entry{}, false
}

// clear forgets all entries.
func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = nil
}
