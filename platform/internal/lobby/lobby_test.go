package lobby_test

import (
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tegata-id/tegata/platform/internal/lobby"
	"github.com/tegata-id/tegata/store"
)

// clock stands still until it is moved.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newLobby(t interface{ Fatal(...any) }, c lobby.Config) (*lobby.Lobby, *clock) {
	at := &clock{time.Unix(1_000_000, 0)}
	c.Now = at.now
	if c.Life == 0 {
		c.Life = 10 * time.Minute
	}
	l, err := lobby.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return l, at
}

func hash(n int) (h store.Hash) {
	binary.BigEndian.PutUint64(h[:], uint64(n))
	return h
}

// TestFlood: one address begins logins without end; of the others nobody loses a login, and
// what is kept stays within the room.
func TestFlood(t *testing.T) {
	t.Parallel()
	const room, others, each = 100_000, 50, 100
	l, _ := newLobby(t, lobby.Config{Room: room, Burst: 1 << 30})
	quiet := map[store.Hash]bool{}
	for n := range others {
		h := hash(1_000_000 + n)
		if out, ok := l.Enter(hash(n+1), h, each); !ok || len(out) > 0 {
			t.Fatalf("address %d: out %d, ok %v", n, len(out), ok)
		}
		quiet[h] = true
	}
	pushed := 0
	for n := range 10_000 {
		out, ok := l.Enter(hash(0), hash(n), each)
		if !ok {
			t.Fatal("the flood is refused: this test is about room")
		}
		for _, h := range out {
			if quiet[h] {
				t.Fatalf("after %d of the flood somebody else was pushed out", n)
			}
			pushed++
		}
		if _, _, weight := l.Held(); weight > room {
			t.Fatalf("%d bytes are kept, want at most %d", weight, room)
		}
	}
	if want := 10_000 + others - room/each; pushed != want {
		t.Errorf("%d were pushed out, want %d", pushed, want)
	}
	// Somebody new comes into the full lobby, and stays.
	newcomer := hash(5_000_000)
	if out, ok := l.Enter(hash(77), newcomer, each); !ok || slices.Contains(out, newcomer) || len(out) != 1 || quiet[out[0]] {
		t.Errorf("a newcomer: out %v, ok %v; want one of the flood to go", out, ok)
	}
}

// TestLargeRequestsCount: room is bytes, so that few large requests push out no more small ones.
func TestLargeRequestsCount(t *testing.T) {
	t.Parallel()
	l, _ := newLobby(t, lobby.Config{Room: 1000})
	for n := range 5 {
		l.Enter(hash(1), hash(n), 100)
	}
	l.Enter(hash(2), hash(10), 450)
	if out, ok := l.Enter(hash(2), hash(11), 450); !ok || !slices.Equal(out, []store.Hash{hash(10)}) {
		t.Errorf("out %v, %v; want the first large one", out, ok)
	}
	if out, ok := l.Enter(hash(3), hash(12), 2000); !ok || !slices.Equal(out, []store.Hash{hash(12)}) {
		t.Errorf("out %v, %v; want the one that is larger than the room", out, ok)
	}
}

// TestRate: an address that begins too many is refused, others are not; somebody who logs in
// does not give the address a new start.
func TestRate(t *testing.T) {
	t.Parallel()
	l, at := newLobby(t, lobby.Config{Burst: 10, Rate: 2})
	next := 0
	begin := func(address int) (store.Hash, bool) {
		next++
		_, ok := l.Enter(hash(address), hash(next), 100)
		return hash(next), ok
	}
	for n := range 10 {
		h, ok := begin(1)
		if !ok {
			t.Fatalf("number %d is refused", n)
		}
		l.Leave(h)
	}
	if _, ok := begin(1); ok {
		t.Error("the eleventh at once is let in: logging in has given the address a new start")
	}
	if _, ok := begin(2); !ok {
		t.Error("another address is refused")
	}
	at.Time = at.Add(time.Second)
	for want := range 3 {
		if _, ok := begin(1); ok != (want < 2) {
			t.Errorf("number %d after a second: ok %v", want, ok)
		}
	}
}

// TestNothingLeftBehind: what is over takes no memory.
func TestNothingLeftBehind(t *testing.T) {
	t.Parallel()
	l, at := newLobby(t, lobby.Config{Burst: 10, Rate: 2})
	for n := range 1000 {
		l.Enter(hash(n%100), hash(n), 100)
		if n%3 == 0 {
			l.Leave(hash(n))
			l.Leave(hash(n))
		}
	}
	for range 3 { // the last look finds what rested
		at.Time = at.Add(11 * time.Minute)
		l.Enter(hash(5000), hash(5000), 100)
	}
	if guests, addresses, weight := l.Held(); guests != 1 || addresses != 1 || weight != 100 {
		t.Errorf("%d logins of %d addresses with %d bytes are kept, want the last one", guests, addresses, weight)
	}
}

// TestModel: after any steps the lobby holds what a plain list says, within its room, and
// whoever is pushed out is the oldest of an address that took up the most.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const room = 500
		l, at := newLobby(t, lobby.Config{Room: room, Burst: 1 << 20, Life: 100 * time.Second})
		type login struct {
			address, n, bytes int
			end               time.Time
		}
		var model []login
		sum := func(address int) (all int) {
			for _, g := range model {
				if address < 0 || g.address == address {
					all += g.bytes
				}
			}
			return all
		}
		for n := range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				at.Time = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second)
			case 1:
				gone := rapid.IntRange(0, 60).Draw(t, "who")
				l.Leave(hash(gone))
				model = slices.DeleteFunc(model, func(g login) bool { return g.n == gone })
			default:
				g := login{rapid.IntRange(0, 3).Draw(t, "address"), n, rapid.IntRange(1, 200).Draw(t, "bytes"), at.Add(100 * time.Second)}
				out, ok := l.Enter(hash(g.address), hash(n), g.bytes)
				if !ok {
					t.Fatal("refused")
				}
				model = slices.DeleteFunc(model, func(g login) bool { return !g.end.After(at.Time) })
				model = append(model, g)
				for _, h := range out {
					i := slices.IndexFunc(model, func(g login) bool { return hash(g.n) == h })
					if i < 0 {
						t.Fatal("somebody who is not there is pushed out")
					}
					first := slices.IndexFunc(model, func(g login) bool { return g.address == model[i].address })
					if sum(-1) <= room || first != i {
						t.Fatalf("number %d is pushed out; %d bytes, the oldest of its address is number %d", i, sum(-1), first)
					}
					for other := range 4 {
						if sum(other) > sum(model[i].address) {
							t.Fatal("an address is pushed out that does not take up the most")
						}
					}
					model = slices.Delete(model, i, i+1)
				}
				if guests, _, weight := l.Held(); guests != len(model) || weight != sum(-1) || weight > room {
					t.Fatalf("%d logins with %d bytes are kept, want %d with %d", guests, weight, len(model), sum(-1))
				}
			}
		}
	})
}

func TestParallel(t *testing.T) {
	t.Parallel()
	l, _ := newLobby(t, lobby.Config{Room: 10_000, Burst: 1 << 20})
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 1000 {
				l.Enter(hash(g), hash(g*1000+n), 50)
				l.Leave(hash(g*1000 + n/2))
			}
		})
	}
	all.Wait()
	if _, _, weight := l.Held(); weight > 10_000 {
		t.Errorf("%d bytes are kept, want at most 10,000", weight)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]lobby.Config{
		"no life":       {Now: time.Now},
		"no clock":      {Life: time.Minute},
		"negative room": {Life: time.Minute, Now: time.Now, Room: -1},
		"negative rate": {Life: time.Minute, Now: time.Now, Rate: -1},
	} {
		if _, err := lobby.New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
