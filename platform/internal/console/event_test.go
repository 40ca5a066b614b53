package console_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store"
)

// TestEvents: the last events, the next ones, and those that come while it waits.
func TestEvents(t *testing.T) {
	t.Parallel()
	srv, w := start(t)
	c := control.NewClient(srv.URL, token)
	if events, err := c.LastEvents(t.Context(), 10); err != nil || len(events) != 0 {
		t.Fatalf("the last of none: %+v, %v", events, err)
	}
	add := func(n int) {
		t.Helper()
		for i := range n {
			if err := w.Store.AddEvent(t.Context(), store.Event{RequestID: "r", Kind: "refused", Status: 400 + i}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for total := 1; total <= 37; total++ {
		add(1)
		for _, count := range []int{1, 5, 200} {
			events, err := c.LastEvents(t.Context(), count)
			if err != nil || len(events) != min(count, total) || events[len(events)-1].Seq != int64(total) {
				t.Fatalf("the last %d of %d: %+v, %v", count, total, events, err)
			}
		}
	}
	if events, err := c.EventsAfter(t.Context(), 35); err != nil || len(events) != 2 || events[0].Seq != 36 {
		t.Fatalf("after 35: %+v, %v", events, err)
	}
	var waiting sync.WaitGroup
	for range 3 {
		waiting.Go(func() {
			for {
				events, err := c.EventsAfter(t.Context(), 37)
				if err != nil || len(events) > 0 {
					if err != nil || events[0].Seq != 38 {
						t.Errorf("waiting after 37: %+v, %v", events, err)
					}
					return
				}
			}
		})
	}
	add(1)
	waiting.Wait()
	// Nothing comes: an empty answer, in time.
	if events, err := c.EventsAfter(t.Context(), 1000); err != nil || len(events) != 0 {
		t.Fatalf("after what is not there yet: %+v, %v", events, err)
	}
	for _, query := range []string{"wait=6", "wait=-1", "wait=x", "last=201", "last=x", "after=-1", "after=99999999999999999999"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+control.PathEvents+"?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d, want 400", query, resp.StatusCode)
		}
	}
}
