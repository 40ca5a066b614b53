package console

import (
	"net/http"
	"strconv"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// maxPage is the most records in one answer.
const maxPage = 200

func (a *API) serveEvents(r *http.Request, _ operator) (any, error) {
	q, err := oauth2.Query(r)
	if err != nil {
		return nil, err
	}
	var found []store.Event
	if id := q.Get("request"); id != "" {
		found, err = a.Store.EventsOf(r.Context(), id)
	} else {
		after := int64(0)
		if s := q.Get("after"); s != "" {
			if after, err = strconv.ParseInt(s, 10, 64); err != nil || after < 0 {
				return nil, bad("after is not a sequence number", "give the seq of the last event that you have, or leave it out")
			}
		}
		found, err = a.Store.EventsAfter(r.Context(), after, maxPage)
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
