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
