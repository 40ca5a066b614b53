package platform_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// closedLog is a store whose event log takes nothing until it is opened.
type closedLog struct {
	store.Store
	open chan struct{}
}

func (c closedLog) AddEvents(ctx context.Context, all []store.Event) error {
	<-c.open
	return c.Store.AddEvents(ctx, all)
}

// TestRefusalsDoNotWait: requests that are refused are answered though the event log hangs, so
// that a flood of them waits for nothing and holds nothing; afterwards the log tells of them.
func TestRefusalsDoNotWait(t *testing.T) {
	t.Parallel()
	st := closedLog{memory.New(memory.Config{}), make(chan struct{})}
	p := production(t, func(c *platform.Config) { c.Store = st })
	var last string
	for n := range 3000 {
		status, _, header := ask(p.Public(), look(fmt.Sprintf("/oauth2/v2.1/verify?access_token=garbage%d", n)))
		if status != http.StatusBadRequest {
			t.Fatalf("request %d: status %d, want 400", n, status)
		}
		if n == 500 {
			last = header.Get("x-line-request-id")
		}
	}
	close(st.open)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if all, err := st.EventsOf(t.Context(), last); err != nil || len(all) != 1 || all[0].Kind != "refused" {
		t.Errorf("events of a refused request: %v, %v; want one", all, err)
	}
}
