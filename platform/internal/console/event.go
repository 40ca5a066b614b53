package console

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

const (
	// maxPage is the most records in one answer.
	maxPage = 200
	// maxWait is the longest that a question for new events stays open, in seconds: below
	// the time that servers and clients give an answer.
	maxWait = 5
	// maxWaiting is how many such questions may be open at once; further ones are answered
	// at once.
	maxWaiting = 64
	// lookEvery is how often the store is asked meanwhile.
	lookEvery = 100 * time.Millisecond
)

func (a *API) serveEvents(r *http.Request, _ operator) (any, error) {
	q, err := oauth2.Query(r)
	if err != nil {
		return nil, err
	}
	var found []store.Event
	if id := q.Get("request"); id != "" {
		found, err = a.Store.EventsOf(r.Context(), id)
	} else {
		found, err = a.eventsAfter(r.Context(), q)
	}
	if err != nil {
		return nil, err
	}
	out := control.Events{Events: make([]control.Event, len(found))}
	for i, e := range found {
		out.Events[i] = control.Event(e)
	}
	return out, nil
}

// eventsAfter returns the events after the one that the query names, the last few, or the
// first ones; if there are none, it waits for some as long as the query says.
func (a *API) eventsAfter(ctx context.Context, q oauth2.Params) ([]store.Event, error) {
	after, err := number(q, "after", math.MaxInt64, "give the seq of the last event that you have, or leave it out")
	if err != nil {
		return nil, err
	}
	wait, err := number(q, "wait", maxWait, "give at most 5 seconds, and ask again")
	if err != nil {
		return nil, err
	}
	if q.Get("last") != "" {
		last, err := number(q, "last", maxPage, "give at most 200, or ask page by page with after")
		if err != nil {
			return nil, err
		}
		newest, err := a.newest(ctx)
		if err != nil {
			return nil, err
		}
		after = max(newest-last, 0)
	}
	found, err := a.Store.EventsAfter(ctx, after, maxPage)
	if err != nil || len(found) > 0 || wait == 0 {
		return found, err
	}
	return a.waitForEvents(ctx, after, time.Duration(wait)*time.Second)
}

// waitForEvents asks the store again and again, since another node may add events too.
func (a *API) waitForEvents(ctx context.Context, after int64, most time.Duration) ([]store.Event, error) {
	if a.waiting.Add(1) > maxWaiting {
		most = 0
	}
	defer a.waiting.Add(-1)
	end := time.NewTimer(most)
	defer end.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-end.C:
			return nil, nil
		case <-look.C:
		}
		if found, err := a.Store.EventsAfter(ctx, after, maxPage); err != nil || len(found) > 0 {
			return found, err
		}
	}
}

// newest returns the number of the newest event, zero if there is none: whether there is
// one above a number is one look at an index, and is halved.
func (a *API) newest(ctx context.Context) (int64, error) {
	above := func(seq int64) (bool, error) {
		found, err := a.Store.EventsAfter(ctx, seq, 1)
		return len(found) > 0, err
	}
	low, high := int64(0), int64(1) // there is one above or at low, or none at all
	for high < math.MaxInt64/2 {
		more, err := above(high)
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		low, high = high, high*2
	}
	for low < high {
		middle := low + (high-low)/2
		more, err := above(middle)
		if err != nil {
			return 0, err
		}
		if more {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// number reads a whole number from 0 to most; zero if it is not there.
func number(q oauth2.Params, name string, most int64, fix string) (int64, error) {
	s := q.Get(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > most {
		return 0, bad(name+" is no number that can be taken", fix)
	}
	return n, nil
}
