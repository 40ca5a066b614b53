package memory

import (
	"container/heap"
	"time"
)

// live says whether something that ends at expires is live at now. The zero time
// means that it does not end.
func live(expires, now time.Time) bool {
	return expires.IsZero() || now.Before(expires)
}

// utc makes times as an engine keeps them: in UTC, which also takes the monotonic
// reading from them, so that later comparisons go by the wall clock alone.
func utc(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC()
	}
}

// deadlines says which keys end when, so that a sweep touches only what is over.
// The zero value is ready. An entry may be stale: its record may have gone, or may
// have been replaced by one that lives longer; whoever removes looks at the record.
type deadlines[K comparable] struct {
	keys    map[int64][]K // by second
	seconds secondHeap    // the keys of keys
}

// add notes that key ends at expires. What never ends is not noted.
func (d *deadlines[K]) add(key K, expires time.Time) {
	if expires.IsZero() {
		return
	}
	second := expires.Unix()
	if expires.Nanosecond() > 0 {
		second++
	}
	if d.keys == nil {
		d.keys = make(map[int64][]K)
	}
	keys, ok := d.keys[second]
	if !ok {
		heap.Push(&d.seconds, second)
	}
	d.keys[second] = append(keys, key)
}

// sweep gives the keys whose time is over at now to remove, the earliest first,
// until limit calls have answered true, and returns how many did.
func (d *deadlines[K]) sweep(now time.Time, limit int, remove func(K) bool) int {
	removed := 0
	for len(d.seconds) > 0 && d.seconds[0] <= now.Unix() {
		second := d.seconds[0]
		keys := d.keys[second]
		for len(keys) > 0 {
			if removed >= limit {
				d.keys[second] = keys
				return removed
			}
			last := len(keys) - 1
			if remove(keys[last]) {
				removed++
			}
			keys = keys[:last]
		}
		delete(d.keys, second)
		heap.Pop(&d.seconds)
	}
	return removed
}

// secondHeap is a heap of Unix seconds for container/heap.
type secondHeap []int64

func (h secondHeap) Len() int           { return len(h) }
func (h secondHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h secondHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is for container/heap only.
func (h *secondHeap) Push(x any) { *h = append(*h, x.(int64)) }

// Pop is for container/heap only.
func (h *secondHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
