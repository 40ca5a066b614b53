package simulator_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/simulator"
)

// TestEventsOutliveDeadlines: the stream of events goes on beyond the time in which the
// server wants other answers to be written.
func TestEventsOutliveDeadlines(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	server := httptest.NewUnstartedServer(w.sim.Handler())
	server.Config.WriteTimeout = 1 // nanosecond: over before the first byte
	server.Start()
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+simulator.Path+"api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	client := &http.Client{Timeout: time.Minute}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || !strings.HasPrefix(line, "retry:") {
		t.Errorf("the first line: %q, %v", line, err)
	}
}

// TestEventsAfterRestart: a page that counted in the journal of an earlier start gets every
// entry of this one, and its name, by which it knows that it has outlived a restart.
func TestEventsAfterRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	w.send(http.MethodGet, w.base+"/oauth2/v2.1/certs", "")
	names := map[string]string{}
	for _, last := range []string{"", "0", "57"} {
		names[last] = w.firstEvents(last)
	}
	if names[""] == "" || names["57"] != names[""] || names["0"] != names[""] {
		t.Errorf("the journal's names for pages that have counted to none, 0 and 57: %q", names)
	}
	other := newWorld(t, http.NotFoundHandler())
	other.send(http.MethodGet, other.base+"/oauth2/v2.1/certs", "")
	if other.firstEvents("") == names[""] {
		t.Error("another simulator's journal has the same name")
	}
}

// firstEvents reads the stream from the last event that a page has, up to the first entry,
// which must be number one, and returns the name of the journal.
func (w *world) firstEvents(last string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.base+simulator.Path+"api/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Last-Event-ID", last)
	client := &http.Client{Timeout: time.Minute}
	resp, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewReader(resp.Body)
	name, before := "", ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			w.t.Fatalf("a page that has counted to %q: %v before the first entry", last, err)
		}
		line = strings.TrimSpace(line)
		if data, ok := strings.CutPrefix(line, "data: "); ok && before == "event: journal" {
			name = data
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			if id != "1" {
				w.t.Fatalf("a page that has counted to %q gets entry %s first", last, id)
			}
			return name
		}
		before = line
	}
}
