package platform

import (
	"context"
	"time"
)

const (
	sweepEvery = 30 * time.Second
	sweepStep  = 1000 // records in one step, so that no step holds the store for long
)

// sweep removes expired records until ctx ends.
func (p *Platform) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for {
			n, err := p.cfg.Store.Sweep(ctx, p.cfg.Now().UTC(), sweepStep)
			if err != nil && ctx.Err() == nil {
				p.cfg.Log.Error("sweep expired records", "error", err)
			}
			if err != nil || n < sweepStep {
				break
			}
		}
	}
}
