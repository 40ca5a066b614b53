package postgres_test

import (
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/postgres"
)

// TestStoppedInTransaction: a node that stops in a transaction, while it holds a counter
// which all nodes need, keeps the others waiting for some seconds, and no verb of theirs
// fails. When it goes on, its own verb is tried again.
func TestStoppedInTransaction(t *testing.T) {
	t.Parallel()
	c := postgres.Config{URL: server.Database(t)}
	stopped, other := open(t, c), open(t, c)
	t.Cleanup(func() {
		stopped.Close()
		other.Close()
	})
	held, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	tries := 0
	go func() {
		done <- stopped.Transact(t.Context(), func(c database.Conn) error {
			_, err := c.Exec("UPDATE counters SET last = last + 100 WHERE name = 'event'")
			if tries++; tries == 1 {
				close(held)
				<-goOn
			}
			return err
		})
	}()
	<-held
	if err := other.AddEvent(t.Context(), store.Event{RequestID: "1"}); err != nil {
		t.Errorf("on another node: %v", err)
	}
	close(goOn)
	if err := <-done; err != nil || tries != 2 {
		t.Errorf("on the node that was stopped: %v after %d tries, want none after 2", err, tries)
	}
	if err := other.AddEvent(t.Context(), store.Event{RequestID: "2"}); err != nil {
		t.Error(err)
	}
	all, err := other.EventsAfter(t.Context(), 0, 10)
	if err != nil || len(all) != 2 || all[0].Seq != 1 || all[1].Seq != 102 {
		t.Errorf("events %+v, %v; want the numbers 1 and 102", all, err)
	}
}
