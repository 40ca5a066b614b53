package journal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tegata-id/tegata/store"
)

const (
	// batch is how many events are written in one step.
	batch = 256
	// maxRefusals is how many refusals may wait.
	maxRefusals = 4 * batch
	// refusalRate is how many refusals a second are kept, after as many as may wait. The
	// stores remember 100,000 events, so more would only push each other out.
	refusalRate = 500
	// writeTime is how long a step may take.
	writeTime = 10 * time.Second
)

// refused is the kind of event that does not wait.
const refused = "refused"

// ErrClosed is the answer to what comes after Close.
var ErrClosed = errors.New("the event log is closed")

// Config is what a Journal needs.
type Config struct {
	// Store is where events are written. Required.
	Store store.Store
	// Log is told of refusals that could not be written; nil discards.
	Log *slog.Logger
	// Lost, if not nil, is told how many refusals were forgotten. It is called from many
	// goroutines.
	Lost func(n int)
	// Now tells elapsed time, with a monotonic reading. Required.
	Now func() time.Time
}

// Journal is a store whose events are written in batches; everything else goes to the
// store below. It may be used by many goroutines. Close it before the store.
type Journal struct {
	store.Store
	cfg     Config
	limiter *rate.Limiter
	wake    chan struct{} // of one place: there is something to write
	done    chan struct{} // closed when the writer has ended

	mu       sync.Mutex // guards what follows
	waiting  []entry
	refusals int // of those that wait
	closed   bool
}

// entry is an event that waits, or, without one, somebody who wants to know that
// everything before has been written.
type entry struct {
	event   *store.Event
	written chan error // of one place; nil if nobody waits
}

// New begins a journal.
func New(cfg Config) (*Journal, error) {
	if cfg.Store == nil || cfg.Now == nil {
		return nil, errors.New("journal: Store and Now are required")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	j := &Journal{
		Store: cfg.Store, cfg: cfg, limiter: rate.NewLimiter(refusalRate, maxRefusals),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	go j.write()
	return j, nil
}

// AddEvent implements store.Events. Of what was done it returns when that is written; of
// what was refused at once, without an error.
func (j *Journal) AddEvent(ctx context.Context, e store.Event) error {
	if e.Kind == refused {
		if !j.limiter.AllowN(j.cfg.Now(), 1) || !j.put(entry{event: &e}) {
			j.lost(1)
		}
		return nil
	}
	return j.wait(ctx, entry{event: &e, written: make(chan error, 1)})
}

// AddEvents implements store.Events, as AddEvent does for what was done.
func (j *Journal) AddEvents(ctx context.Context, all []store.Event) error {
	if err := j.flush(ctx); err != nil {
		return err
	}
	return j.Store.AddEvents(ctx, all)
}

// EventsOf implements store.Events. It sees everything that this node has added before.
func (j *Journal) EventsOf(ctx context.Context, requestID string) ([]store.Event, error) {
	if err := j.flush(ctx); err != nil {
		return nil, err
	}
	return j.Store.EventsOf(ctx, requestID)
}

// EventsAfter implements store.Events, as EventsOf.
func (j *Journal) EventsAfter(ctx context.Context, seq int64, limit int) ([]store.Event, error) {
	if err := j.flush(ctx); err != nil {
		return nil, err
	}
	return j.Store.EventsAfter(ctx, seq, limit)
}

// Close writes what waits and ends. It does not close the store.
func (j *Journal) Close() error {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.signal()
	<-j.done
	return nil
}

// flush returns when everything that was added before has been written or given up.
func (j *Journal) flush(ctx context.Context) error {
	return j.wait(ctx, entry{written: make(chan error, 1)})
}

func (j *Journal) wait(ctx context.Context, e entry) error {
	if !j.put(e) {
		return ErrClosed
	}
	select {
	case err := <-e.written:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// put lets an entry wait; not after Close, and no more refusals than may wait.
func (j *Journal) put(e entry) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return false
	}
	if e.written == nil {
		if j.refusals >= maxRefusals {
			return false
		}
		j.refusals++
	}
	j.waiting = append(j.waiting, e)
	j.signal()
	return true
}

func (j *Journal) signal() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// write writes what waits until Close.
func (j *Journal) write() {
	defer close(j.done)
	for range j.wake {
		for {
			taken, closed := j.take()
			if len(taken) == 0 {
				if closed {
					return
				}
				break
			}
			j.commit(taken)
		}
	}
}

// take gives the next entries, and whether there will be no more.
func (j *Journal) take() ([]entry, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := min(len(j.waiting), batch)
	taken := j.waiting[:n:n]
	if j.waiting = j.waiting[n:]; len(j.waiting) == 0 {
		j.waiting = nil // so that what was written can be forgotten
	}
	for _, e := range taken {
		if e.written == nil {
			j.refusals--
		}
	}
	return taken, j.closed
}

// commit writes entries in one step and tells those who wait.
func (j *Journal) commit(taken []entry) {
	var events []store.Event
	refusals := 0
	for _, e := range taken {
		if e.event != nil {
			events = append(events, *e.event)
		}
		if e.written == nil {
			refusals++
		}
	}
	var err error
	if len(events) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), writeTime)
		err = j.Store.AddEvents(ctx, events)
		cancel()
	}
	if err != nil && refusals > 0 {
		j.lost(refusals)
		j.cfg.Log.Error("record refusals", "count", refusals, "error", err)
	}
	for _, e := range taken {
		switch {
		case e.written == nil:
		case e.event == nil:
			e.written <- nil // what could not be written has been told to who wrote it
		default:
			e.written <- err
		}
	}
}

func (j *Journal) lost(n int) {
	if j.cfg.Lost != nil {
		j.cfg.Lost(n)
	}
}
