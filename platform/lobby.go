package platform

import (
	"time"

	"github.com/tegata-id/tegata/platform/internal/authorize"
	"github.com/tegata-id/tegata/platform/internal/lobby"
)

// lobby bounds the logins that are begun; nil in development, where a test suite or a
// load test may begin any number from one address. It counts by a monotonic clock.
func (p *Platform) lobby() (*lobby.Lobby, error) {
	if p.cfg.Lab != nil {
		return nil, nil
	}
	return lobby.New(lobby.Config{Life: authorize.TransactionLife, Now: time.Now})
}
