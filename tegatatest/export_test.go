package tegatatest

import (
	"context"

	"github.com/tegata-id/tegata/store"
)

// State lets a test look at everything that the platform remembers.
func (p *Platform) State(ctx context.Context) (*store.State, error) { return p.store.State(ctx) }
