package storetest

import (
	"fmt"
	"testing"

	"github.com/tegata-id/tegata/store"
)

// BenchSize measures how long reading an access token takes when a store has 1 and when
// it has many of them, and tells in "x" how many times longer the latter is. Every read
// is of another token, far from the one before.
func BenchSize(b *testing.B, many int, open func(b *testing.B) (store.Store, store.Copyable)) {
	var one float64
	for _, size := range []int{1, many} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, to := open(b)
			b.Cleanup(func() {
				if err := s.Close(); err != nil {
					b.Error(err)
				}
			})
			fillTokens(b, to, size)
			ns := parallel(b, 0, func(n int) error {
				_, err := s.AccessToken(b.Context(), id(1+n*7919%size))
				return err
			})
			if size == 1 {
				one = ns
			} else if one > 0 {
				b.ReportMetric(ns/one, "x")
			}
		})
	}
}

// fillTokens adds tokens as a copy does, which is faster than issuing them.
func fillTokens(b *testing.B, to store.Copyable, size int) {
	b.Helper()
	const page = 5000
	for first := 1; first <= size; first += page {
		var rows []store.Row
		for n := first; n < min(first+page, size+1); n++ {
			key, secret, none := id(n), hash(n), store.ID{}
			rows = append(rows, store.Row{
				key[:], secret[:], shop, fmt.Sprintf("person-%d", n%100_000), "U0123456789abcdef0123456789abcdef",
				`["profile","openid"]`, int64(0), "", none[:], nil, start.UnixMicro(), after(1000).UnixMicro(), int64(0), "",
			})
		}
		if err := to.Import(b.Context(), "access_tokens", rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
}
