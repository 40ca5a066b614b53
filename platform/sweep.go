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
	defer p.swept.stop()
	p.swept.beat()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := p.sweepOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if p.metric != nil {
			p.metric.Swept(n, err)
		}
		if err != nil {
			p.cfg.Log.Error("sweep expired records", "error", err)
		}
	}
}

// sweepOnce removes in bounded steps whatever is over now. Each step that is done shows
// that the sweep lives, however much there is to do.
func (p *Platform) sweepOnce(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := p.cfg.Store.Sweep(ctx, p.cfg.Now().UTC(), sweepStep)
		total += n
		if err != nil {
			return total, err
		}
		p.swept.beat()
		if n < sweepStep {
			return total, nil
		}
	}
}
