package storetest

import (
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

// BenchChurn adds tokens and sweeps those that have expired, as many in each of 24 rounds, so
// that 4 rounds of them are live. It tells how many times larger the store is at the end than
// after 8 rounds ("x-size"; 1 is flat), how many records a second were swept, and how long the
// longest step of 1,000 records took. size says how large the store is.
func BenchChurn(b *testing.B, each int, s store.Store, to store.Copyable, size func() int64) {
	const rounds, warm, live, step = 24, 8, 4, 1000
	var early, late int64
	var longest, sweeping time.Duration
	swept := 0
	for first := 0; b.Loop(); first += rounds {
		swept, longest, sweeping = 0, 0, 0
		for round := first; round < first+rounds; round++ {
			at := start.AddDate(0, 0, round)
			for page := 0; page < each; page += rowsAtOnce {
				var rows []store.Row
				for n := round*each + page; n < round*each+min(page+rowsAtOnce, each); n++ {
					key, secret, none := id(n+1), hash(n+1), store.ID{}
					rows = append(rows, store.Row{
						key[:], secret[:], shop, hanako, "U0123456789abcdef0123456789abcdef", sizedScopes, int64(0), "", none[:], nil,
						at.UnixMicro(), at.AddDate(0, 0, live).UnixMicro(), int64(0), "",
					})
				}
				if err := to.Import(b.Context(), "access_tokens", rows); err != nil {
					b.Fatal(err)
				}
			}
			for removed := step; removed == step; {
				begin := time.Now()
				var err error
				if removed, err = s.Sweep(b.Context(), at, step); err != nil {
					b.Fatal(err)
				}
				took := time.Since(begin)
				longest, sweeping, swept = max(longest, took), sweeping+took, swept+removed
			}
			if late = size(); round == first+warm {
				early = late
			}
		}
		if want := (rounds - live) * each; swept < want {
			b.Fatalf("%d records were swept, want at least %d", swept, want)
		}
	}
	b.ReportMetric(float64(late)/float64(early), "x-size")
	b.ReportMetric(float64(late)/1e6, "MB")
	b.ReportMetric(float64(swept)/sweeping.Seconds(), "swept/s")
	b.ReportMetric(longest.Seconds()*1000, "ms/longest-step")
	b.ReportMetric(0, "ns/op")
}
