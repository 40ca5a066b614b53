package metric_test

import (
	"testing"

	"github.com/tegata-id/tegata/platform/internal/metric"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// BenchmarkRequest is what counting costs one request; BenchmarkVerb one verb of the store,
// beside the verb alone.
func BenchmarkRequest(b *testing.B) {
	s := metric.New("bench")
	begin := s.Route("GET /oauth2/v2.1/verify")
	b.ReportAllocs()
	for b.Loop() {
		begin("GET")(200)
	}
}

func BenchmarkVerb(b *testing.B) {
	bare := memory.New(memory.Config{})
	for name, st := range map[string]store.Store{"alone": bare, "counted": metric.New("bench").Store(bare)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = st.AccessToken(b.Context(), store.ID{1})
			}
		})
	}
}
