package issue

import (
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store/memory"
)

func newOpaque(tb testing.TB) opaque {
	tb.Helper()
	sealer, err := keyring.NewSealer("test", make([]byte, 32))
	if err != nil {
		tb.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	ring, err := keyring.Open(tb.Context(), keyring.Config{Store: memory.New(memory.Config{}), Sealer: sealer, Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	return opaque{ring: ring, now: now}
}

// BenchmarkParse: what a token costs before the store is asked.
func BenchmarkParse(b *testing.B) {
	o := newOpaque(b)
	raw, _, _ := o.make(KindAccess)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := o.parse(KindAccess, raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMake(b *testing.B) {
	o := newOpaque(b)
	b.ReportAllocs()
	for b.Loop() {
		o.make(KindAccess)
	}
}
