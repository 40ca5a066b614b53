package tegata_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tegata-id/tegata"
)

// TestMemo holds a memo against a list: it may forget, but what it tells is the last that
// was put, not over, and no more than its bounds.
func TestMemo(t *testing.T) {
	t.Parallel()
	type put struct {
		value, bytes int
		until        time.Time
	}
	rapid.Check(t, func(t *rapid.T) {
		const count = 32 // two to a shard, of 4 KiB together
		memo := tegata.NewMemo(count)
		last := map[byte]put{}
		digest := func(k byte) [32]byte { d := sha256.Sum256([]byte{k}); d[0] = k; return d }
		now := clock
		for i := range rapid.IntRange(1, 200).Draw(t, "steps") {
			k := rapid.ByteRange(0, 40).Draw(t, "key")
			switch rapid.IntRange(0, 3).Draw(t, "verb") {
			case 0, 1:
				p := put{i, rapid.IntRange(1, 5000).Draw(t, "bytes"), now.Add(time.Duration(rapid.IntRange(1, 50).Draw(t, "for")) * time.Second)}
				memo.Put(digest(k), p.value, p.bytes, p.until)
				if got, ok := memo.Get(digest(k), now); p.bytes <= 4096 && (!ok || got != p.value) {
					t.Fatalf("what was just put: %d, %v; want %d", got, ok, p.value)
				}
				last[k] = p
			case 2:
				memo.Drop(digest(k))
				delete(last, k)
			default:
				now = now.Add(time.Second)
			}
			kept, bytes := map[byte]int{}, map[byte]int{}
			for k := range byte(41) {
				got, ok := memo.Get(digest(k), now)
				if !ok {
					continue
				}
				want := last[k]
				if got != want.value || !now.Before(want.until) {
					t.Fatalf("key %d: %d, want %+v at %v", k, got, want, now)
				}
				kept[k%16]++
				bytes[k%16] += want.bytes
				if kept[k%16] > count/16 || bytes[k%16] > 4096 {
					t.Fatalf("shard %d has %d entries of %d bytes", k%16, kept[k%16], bytes[k%16])
				}
			}
		}
	})
}

// TestMemoForgetsOldest: the entry that came first goes first.
func TestMemoForgetsOldest(t *testing.T) {
	t.Parallel()
	memo := tegata.NewMemo(32)
	for i := range byte(3) {
		memo.Put([32]byte{0, i}, int(i), 1, clock.Add(time.Hour))
	}
	for i, want := range []bool{false, true, true} {
		if _, ok := memo.Get([32]byte{0, byte(i)}, clock); ok != want {
			t.Errorf("entry %d of three in a shard of two is there: %v, want %v", i, ok, want)
		}
	}
}
