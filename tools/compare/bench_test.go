package main

import (
	"testing"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// BenchmarkTokens is for the profiler; the table of the page is the command's.
func BenchmarkTokens(b *testing.B) {
	configureJWX()
	for _, w := range workloads(64) {
		_, set := wrongtoken.Fresh(w.keys, 0)
		for _, l := range libraries {
			b.Run(w.name+"/"+l.name, func(b *testing.B) {
				benchmark(b, w, l, set)
			})
		}
	}
}

func benchmark(b *testing.B, w workload, l library, set string) {
	b.ReportAllocs()
	for n := 0; n < b.N; {
		b.StopTimer()
		// A new verifier for each pass, so that each token is new to it.
		c, err := openFor(b.Context(), w, l, set)
		if err != nil {
			b.Fatal(err)
		}
		if c.verify == nil {
			return
		}
		for _, raw := range w.tokens(0, w.batch) {
			_ = c.verify(raw)
		}
		b.StartTimer()
		for turn := 1; turn <= 64 && n < b.N; turn++ {
			for _, raw := range w.tokens(turn, w.batch) {
				if err := c.verify(raw); (err != nil) != w.refuse {
					b.Fatalf("%s at %s: %v", w.name, l.name, err)
				}
				n++
			}
		}
	}
}
