package memory_test

import (
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return memory.New(memory.Config{}) })
}

// TestEventLimit: the oldest events are forgotten, and the rest keep their numbers.
func TestEventLimit(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{EventLimit: 7})
	for n := 1; n <= 40; n++ {
		if err := s.AddEvent(t.Context(), store.Event{Status: n, RequestID: "r"}); err != nil {
			t.Fatal(err)
		}
		first := max(1, n-6)
		for after := int64(0); after <= 41; after++ {
			got, err := s.EventsAfter(t.Context(), after, 5)
			if err != nil {
				t.Fatal(err)
			}
			want := max(0, min(5, n-max(int(after)+1, first)+1))
			if len(got) != want {
				t.Fatalf("%d events, after %d: got %d, want %d", n, after, len(got), want)
			}
			for i, e := range got {
				if e.Seq != int64(max(int(after)+1, first)+i) || int(e.Seq) != e.Status {
					t.Fatalf("%d events, after %d, place %d: got number %d, event %d", n, after, i, e.Seq, e.Status)
				}
			}
		}
		if of, _ := s.EventsOf(t.Context(), "r"); len(of) != min(n, 7) || of[0].Status != first {
			t.Fatalf("%d events: got %d of the request from %d, want %d from %d", n, len(of), of[0].Status, min(n, 7), first)
		}
	}
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(*testing.B) (store.Store, storetest.Yardstick) {
		return memory.New(memory.Config{}), storetest.Yardstick{}
	})
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	storetest.RunAdministration(t, func(*testing.T) storetest.Administered { return memory.New(memory.Config{}) })
}

func TestFailures(t *testing.T) {
	t.Parallel()
	storetest.RunFailures(t, func(*testing.T) storetest.Counting { return memory.New(memory.Config{}) })
}
