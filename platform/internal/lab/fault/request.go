package fault

import (
	"sync"

	"github.com/tegata-id/tegata/internal/control"
)

// maxRequests is how many requests are remembered.
const maxRequests = 4096

// requests is the log of what the platform was asked. The zero value is ready.
type requests struct {
	mu   sync.Mutex // guards what follows
	kept []logged
	last int64
}

// logged is a request, and what it carried.
type logged struct {
	control.Request
	sent sent
}

func (l *requests) add(r logged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	r.Seq = l.last
	if len(l.kept) < maxRequests {
		l.kept = append(l.kept, r)
	} else {
		l.kept[(l.last-1)%maxRequests] = r
	}
}

func (l *requests) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept, l.last = nil, 0
}

// Requests returns what the platform was asked after a sequence number, the oldest
// first; of one endpoint unless that is empty.
func (s *Set) Requests(after int64, endpoint string) control.Requests {
	l := &s.log
	l.mu.Lock()
	defer l.mu.Unlock()
	out := control.Requests{Requests: []control.Request{}}
	for seq := max(after, l.last-int64(len(l.kept))) + 1; seq <= l.last; seq++ {
		if r := l.kept[(seq-1)%maxRequests]; endpoint == "" || r.Endpoint == endpoint {
			r.Params = r.sent.params()
			out.Requests = append(out.Requests, r.Request)
		}
	}
	return out
}
