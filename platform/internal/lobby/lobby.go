package lobby

import (
	"container/heap"
	"container/list"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tegata-id/tegata/store"
)

// Defaults of a Config. A login takes about 1 kB, so that an address may have some 30,000
// open before its rate alone keeps it there, and all together some 60,000.
const (
	DefaultRoom  = 64 << 20
	DefaultBurst = 1000
	DefaultRate  = 50
)

// Config says how much is let in.
type Config struct {
	// Life is how long a login stays without ending. Required.
	Life time.Duration
	// Now tells elapsed time, with a monotonic reading. Required.
	Now func() time.Time
	// Room is for how many bytes of logins there is room; zero means DefaultRoom.
	Room int
	// Burst is how many logins one address may begin at once, and Rate how many a second
	// after that; zero means DefaultBurst and DefaultRate.
	Burst int
	Rate  float64
}

// Lobby is the logins that wait for somebody. It may be used from many goroutines.
type Lobby struct {
	cfg Config

	mu      sync.Mutex            // guards what follows
	crowds  map[store.Hash]*crowd // by address
	largest crowdHeap             // the crowds, the one that takes the most room first
	guests  map[store.Hash]*guest // by transaction
	byAge   list.List             // of *guest, the oldest first
	resting list.List             // of *crowd, by when its rate is looked at again
	weight  int                   // of all guests
}

// crowd is the logins of one address.
type crowd struct {
	address store.Hash
	limiter *rate.Limiter
	guests  list.List // of *guest, the oldest first
	weight  int
	at      int // in the heap
	// A crowd that has become empty because somebody logged in rests until its rate is
	// as at the beginning: else an account would be a way around the rate.
	rest  *list.Element // nil: does not rest
	until time.Time
}

// guest is one login.
type guest struct {
	transaction    store.Hash
	crowd          *crowd
	weight         int
	end            time.Time
	inAge, inCrowd *list.Element
}

// New returns a Lobby in which nobody waits.
func New(cfg Config) (*Lobby, error) {
	if cfg.Life <= 0 || cfg.Now == nil {
		return nil, errors.New("lobby: Life and Now are required")
	}
	if cfg.Room == 0 {
		cfg.Room = DefaultRoom
	}
	if cfg.Burst == 0 {
		cfg.Burst = DefaultBurst
	}
	if cfg.Rate == 0 {
		cfg.Rate = DefaultRate
	}
	if cfg.Room < 0 || cfg.Burst < 0 || cfg.Rate < 0 {
		return nil, errors.New("lobby: Room, Burst and Rate must not be negative")
	}
	return &Lobby{cfg: cfg, crowds: map[store.Hash]*crowd{}, guests: map[store.Hash]*guest{}}, nil
}

// Enter counts a login that an address begins, with the room that it takes in bytes. It
// returns the logins that must end so that there is room, which may be this one, if it is
// larger than everything. It is false if the address has begun too many in a short time:
// then nothing is counted.
func (l *Lobby) Enter(address, transaction store.Hash, bytes int) (out []store.Hash, ok bool) {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire(now)
	c := l.crowds[address]
	if c == nil {
		c = &crowd{address: address, limiter: rate.NewLimiter(rate.Limit(l.cfg.Rate), l.cfg.Burst)}
		l.crowds[address] = c
		heap.Push(&l.largest, c)
	}
	if !c.limiter.AllowN(now, 1) {
		return nil, false
	}
	g := &guest{transaction: transaction, crowd: c, weight: max(bytes, 1), end: now.Add(l.cfg.Life)}
	g.inAge, g.inCrowd = l.byAge.PushBack(g), c.guests.PushBack(g)
	l.guests[transaction] = g
	l.grow(c, g.weight)
	for l.weight > l.cfg.Room {
		oldest := l.largest[0].guests.Front().Value.(*guest)
		l.remove(oldest)
		l.dissolve(oldest.crowd)
		out = append(out, oldest.transaction)
	}
	return out, true
}

// Leave says that somebody has logged in: the login is not counted any more. It does
// nothing for one that is not known, such as one that was begun at another node.
func (l *Lobby) Leave(transaction store.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, ok := l.guests[transaction]
	if !ok {
		return
	}
	l.remove(g)
	if c := g.crowd; c.guests.Len() == 0 && c.rest == nil {
		c.rest = l.resting.PushBack(c)
		c.until = l.cfg.Now().Add(l.refill())
	}
}

// refill is how long it takes until a rate that is used up is as at the beginning.
func (l *Lobby) refill() time.Duration {
	return time.Duration(float64(l.cfg.Burst) / l.cfg.Rate * float64(time.Second))
}

// expire forgets the logins whose time is over, which the store forgets by itself, and the
// addresses of which there is nothing to know any more.
func (l *Lobby) expire(now time.Time) {
	for e := l.byAge.Front(); e != nil && !e.Value.(*guest).end.After(now); e = l.byAge.Front() {
		g := e.Value.(*guest)
		l.remove(g)
		l.dissolve(g.crowd)
	}
	for e := l.resting.Front(); e != nil && !e.Value.(*crowd).until.After(now); e = l.resting.Front() {
		c := e.Value.(*crowd)
		if c.guests.Len() == 0 && c.limiter.TokensAt(now) < float64(l.cfg.Burst) {
			c.until = now.Add(l.refill())
			l.resting.MoveToBack(e)
			continue
		}
		l.resting.Remove(e)
		c.rest = nil
		l.dissolve(c)
	}
}

func (l *Lobby) remove(g *guest) {
	l.byAge.Remove(g.inAge)
	g.crowd.guests.Remove(g.inCrowd)
	delete(l.guests, g.transaction)
	l.grow(g.crowd, -g.weight)
}

// dissolve forgets a crowd that is empty and does not rest.
func (l *Lobby) dissolve(c *crowd) {
	if c.guests.Len() == 0 && c.rest == nil {
		heap.Remove(&l.largest, c.at)
		delete(l.crowds, c.address)
	}
}

func (l *Lobby) grow(c *crowd, by int) {
	c.weight += by
	l.weight += by
	heap.Fix(&l.largest, c.at)
}

// crowdHeap is a heap of crowds for container/heap.
type crowdHeap []*crowd

func (h crowdHeap) Len() int           { return len(h) }
func (h crowdHeap) Less(i, j int) bool { return h[i].weight > h[j].weight }
func (h crowdHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push is for container/heap only.
func (h *crowdHeap) Push(x any) {
	c := x.(*crowd)
	c.at = len(*h)
	*h = append(*h, c)
}

// Pop is for container/heap only.
func (h *crowdHeap) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return c
}
