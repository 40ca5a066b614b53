package sqlstore

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/tegata-id/tegata/store"
)

const (
	// The counter's row stays locked until the event is committed: so events are
	// committed in the order of their numbers, and a reader who goes on from the last
	// number that he saw misses none.
	nextEvents  = `UPDATE counters SET last = last + $1 WHERE name = 'event' RETURNING last`
	lastEvent   = `SELECT last FROM counters WHERE name = 'event'`
	addEvent    = `INSERT INTO events (seq, request_id, event) VALUES ($1, $2, $3)`
	eventsOf    = `SELECT seq, request_id, event FROM events WHERE request_id = $1 ORDER BY seq`
	eventsAfter = `SELECT seq, request_id, event FROM events WHERE seq > $1 ORDER BY seq LIMIT $2`
	// Of many events, so many are added by one statement.
	eventsAtOnce     = 16
	addSixteenEvents = addEvent + `, ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15), ($16, $17, $18),
		($19, $20, $21), ($22, $23, $24), ($25, $26, $27), ($28, $29, $30), ($31, $32, $33), ($34, $35, $36),
		($37, $38, $39), ($40, $41, $42), ($43, $44, $45), ($46, $47, $48)`
	trimEvents = `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq <= $1 ORDER BY seq LIMIT $2)`
)

// eventRow is how an event is kept, but for its number and its request.
type eventRow struct {
	Time      int64  `json:"time"`
	Kind      string `json:"kind"`
	Route     string `json:"route"`
	Status    int    `json:"status"`
	ChannelID string `json:"channel_id"`
	PersonID  string `json:"person_id"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Check     string `json:"check"`
	Given     string `json:"given"`
	Expected  string `json:"expected"`
	Fix       string `json:"fix"`
}

// AddEvent implements store.Events.
func (s *Store) AddEvent(ctx context.Context, e store.Event) error {
	return s.AddEvents(ctx, []store.Event{e})
}

// AddEvents implements store.Events. What is told may come from a stranger: bytes that
// no engine keeps are replaced, so that no request can keep itself out of the log.
func (s *Store) AddEvents(ctx context.Context, all []store.Event) error {
	if len(all) == 0 {
		return nil
	}
	texts := make([]string, 0, 2*len(all)) // of each its request and the rest
	for _, e := range all {
		body, err := json.Marshal(eventRow{
			micros(e.Time), e.Kind, e.Route, e.Status, e.ChannelID, e.PersonID, e.Code, e.Message, e.Check, e.Given, e.Expected, e.Fix,
		})
		if err != nil {
			return err
		}
		request := strings.ReplaceAll(strings.ToValidUTF8(e.RequestID, "\ufffd"), "\x00", "\ufffd")
		texts = append(texts, request, string(body))
	}
	return s.engine.Transact(ctx, func(c conn) error {
		last, err := one(c, number, nextEvents, int64(len(all)))
		if err != nil {
			return err
		}
		seq := last - int64(len(all))
		for rest := texts; len(rest) > 0; {
			sql, n := addEvent, 1
			if len(rest) >= 2*eventsAtOnce {
				sql, n = addSixteenEvents, eventsAtOnce
			}
			args := make([]any, 0, 3*n)
			for i := range n {
				seq++
				args = append(args, seq, rest[2*i], rest[2*i+1])
			}
			if _, err := touches(c, sql, args...); err != nil {
				return err
			}
			rest = rest[2*n:]
		}
		return nil
	})
}

func readEvent(row scan) (store.Event, error) {
	var seq int64
	var request string
	var e eventRow
	err := row(&seq, &request, doc(&e))
	return store.Event{
		Seq: seq, Time: moment(e.Time), RequestID: request, Kind: e.Kind, Route: e.Route, Status: e.Status,
		ChannelID: e.ChannelID, PersonID: e.PersonID, Code: e.Code, Message: e.Message, Check: e.Check,
		Given: e.Given, Expected: e.Expected, Fix: e.Fix,
	}, err
}

// EventsOf implements store.Events.
func (s *Store) EventsOf(ctx context.Context, requestID string) ([]store.Event, error) {
	return list(ctx, s, readEvent, eventsOf, requestID)
}

// EventsAfter implements store.Events.
func (s *Store) EventsAfter(ctx context.Context, seq int64, limit int) ([]store.Event, error) {
	if limit <= 0 {
		return nil, nil
	}
	return list(ctx, s, readEvent, eventsAfter, seq, int64(limit))
}

// trim forgets the oldest events beyond what is remembered, at most limit of them.
func (s *Store) trim(ctx context.Context, limit int) (int, error) {
	last, err := get(ctx, s, number, lastEvent)
	if err != nil {
		return 0, err
	}
	return s.removes(ctx, trimEvents, last-int64(s.eventLimit), int64(limit))
}
