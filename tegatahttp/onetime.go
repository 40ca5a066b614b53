package tegatahttp

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tegata-id/tegata"
)

// ErrUsed is what a Once returns for a key that has been used. The answer's reason is
// then used, and the app must get a new token.
var ErrUsed = errors.New("tegatahttp: token used before")

// Once is a memory of what has been used. NewMemoryOnce is one for a server that is a
// single process; several need one that they share, such as a table of their database.
type Once interface {
	// Use takes note that the key is used, to be remembered until then at least, and
	// returns an error that wraps ErrUsed if it was used before: of any number of calls
	// with one key, at once or one after the other, one alone gets nil. Any other error
	// says that it cannot tell: the token is refused with 503.
	Use(ctx context.Context, key [sha256.Size]byte, until time.Time) error
}

// OneTime takes each ID token once. It is for the one request with which a login ends and
// a session begins; an app that sends its token with every request is refused at the
// second. A token is used up when it has been verified, whatever the handler does then.
//
// Tokens are recognised by the SHA-256 of what is signed, header and payload, since the
// signature has a second form that is as valid. Handlers with one store share its
// memory: a token that one has taken is refused by the others.
//
// The middleware panics if it demands access tokens, which are made to be sent many times.
func OneTime(store Once) Option {
	return Option{func(s *settings, k kind) {
		switch {
		case k != kindIDToken:
			panic("tegatahttp: OneTime is for ID tokens: an access token is sent many times, and can be revoked")
		case store == nil:
			panic("tegatahttp: OneTime: the store is nil")
		case s.once != nil:
			panic("tegatahttp: OneTime is there twice: one store must know of every use")
		}
		s.once = store
	}}
}

// maxLeeway is the most that tegata.Config.Leeway can be: for so long a token may be
// accepted after its expiry.
const maxLeeway = 5 * time.Minute

// use has a verified token remembered as used.
func use(ctx context.Context, store Once, raw string, expires time.Time) error {
	signed := raw[:strings.LastIndexByte(raw, '.')]
	err := store.Use(ctx, sha256.Sum256([]byte(signed)), expires.Add(maxLeeway))
	if err != nil && !errors.Is(err, ErrUsed) {
		return fmt.Errorf("tegatahttp: OneTime: %w: %w", tegata.ErrUnavailable, err)
	}
	return err
}

// defaultOnce is how many keys a MemoryOnce has room for unless told.
const defaultOnce = 1 << 16

// MemoryOnce is a Once in the memory of this process. A restart forgets it, another
// process does not see it. It may be used by many goroutines.
type MemoryOnce struct {
	room int
	now  func() time.Time

	mu   sync.Mutex // guards the rest
	used map[[sha256.Size]byte]bool
	next deadlines
}

// NewMemoryOnce returns a MemoryOnce with room for that many keys that have not expired;
// zero means 65,536, a negative one panics. When it is full it refuses every new key until
// an old one expires: it forgets nothing that could come again. A key takes about 200 bytes,
// and an ID token of LINE's about an hour to expire. The clock now is that of the verifier;
// nil means time.Now.
func NewMemoryOnce(room int, now func() time.Time) *MemoryOnce {
	if room < 0 {
		panic(fmt.Sprintf("tegatahttp: NewMemoryOnce(%d): want room for one key at least", room))
	}
	if room == 0 {
		room = defaultOnce
	}
	if now == nil {
		now = time.Now
	}
	return &MemoryOnce{room: room, now: now, used: make(map[[sha256.Size]byte]bool)}
}

// Use implements Once.
func (m *MemoryOnce) Use(_ context.Context, key [sha256.Size]byte, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for len(m.next) > 0 && !now.Before(m.next[0].until) {
		delete(m.used, heap.Pop(&m.next).(deadline).key)
	}
	switch {
	case m.used[key]:
		return ErrUsed
	case !now.Before(until):
		// It would be forgotten at once, and taken again.
		return fmt.Errorf("the token expired at %v, now is %v: give NewMemoryOnce the clock of the verifier", until, now)
	case len(m.used) >= m.room:
		return fmt.Errorf("no room for more than %d used tokens: give NewMemoryOnce more", m.room)
	}
	m.used[key] = true
	heap.Push(&m.next, deadline{key, until})
	return nil
}

// deadline says when a key may be forgotten.
type deadline struct {
	key   [sha256.Size]byte
	until time.Time
}

// deadlines is a heap, the soonest first.
type deadlines []deadline

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].until.Before(d[j].until) }
func (d deadlines) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }

// Push is for package heap.
func (d *deadlines) Push(x any) { *d = append(*d, x.(deadline)) }

// Pop is for package heap.
func (d *deadlines) Pop() any {
	old := *d
	last := old[len(old)-1]
	*d = old[:len(old)-1]
	return last
}
