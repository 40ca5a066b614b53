package storetest

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tegata-id/tegata/store"
)

// RunFull tests that a verb which finds the disk full, at whichever of its writes, says so
// and leaves nothing half-done: everything is as it was and can be read meanwhile, and when
// there is room again the same call does all of it, without the store being opened again.
// open gives a store whose disk asks step before each write and is full if that gives an
// error.
func RunFull(t *testing.T, open Faulty) {
	for _, v := range faultCases() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			fillAtEachWrite(t, open, v)
		})
	}
}

// Room is a disk with room for so many writes, once it has been told how many. It may be
// used by many goroutines.
type Room struct {
	left    atomic.Int64
	bounded atomic.Bool
}

// Leave leaves room for n more writes.
func (r *Room) Leave(n int) {
	r.left.Store(int64(n))
	r.bounded.Store(true)
}

// Free makes room for any number.
func (r *Room) Free() { r.bounded.Store(false) }

// Take takes the room of one write; an error says that there is none.
func (r *Room) Take() error {
	if r.bounded.Load() && r.left.Add(-1) < 0 {
		return errFault
	}
	return nil
}

// fillAtEachWrite runs a verb again and again, each time with room for one write more, until
// it comes through.
func fillAtEachWrite(t *testing.T, open Faulty, v faultCase) {
	var room Room
	opened, copyable := open(t, room.Take)
	s := &stage{TB: t, Store: opened, ctx: t.Context()}
	t.Cleanup(func() { s.is("Close", s.Close(), nil) })
	v.before(s)
	for n := range 500 {
		before, err := copyable.Tally(t.Context())
		s.ok(err)
		room.Leave(n)
		err = v.verb(s, t.Context())
		// Still full: what there is can be read.
		now, unread := copyable.Tally(t.Context())
		room.Free()
		s.ok(unread)
		if err == nil {
			if n == 0 {
				t.Fatal("the verb came through although nothing could be written")
			}
			v.after(s)
			return
		}
		if errors.Is(err, store.ErrUnknown) || !strings.Contains(err.Error(), "full") {
			t.Fatalf("room for %d writes: got error %v, want one that says that the disk is full, and that nothing was done", n, err)
		}
		if !slices.Equal(before, now) {
			t.Fatalf("room for %d writes: the verb failed and left something behind", n)
		}
	}
	t.Fatal("the verb does not come to an end within 500 writes")
}
