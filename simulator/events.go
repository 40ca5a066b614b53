package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// serveEvents sends the journal as server-sent events, from the entry after the last one
// that the page has. The first event names the journal: a page that knows another one has
// outlived a restart, and what it counted says nothing here.
func (s *Simulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || seq > s.journal.last() {
		seq = 0 // a new page, or one that counted in an earlier journal
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	// The page listens as long as it is open; a server that cannot do without its deadline
	// breaks off, and the page asks again.
	_ = flush.SetWriteDeadline(time.Time{})
	_, _ = io.WriteString(w, "retry: 500\n\nevent: journal\ndata: "+s.journal.id+"\n\n")
	for {
		entries, news := s.journal.after(seq)
		for _, e := range entries {
			data, err := json.Marshal(e)
			if err != nil { // types of ours: cannot happen
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, data); err != nil {
				return
			}
			seq = e.Seq
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return
		case <-s.journal.ended:
			return
		}
	}
}
