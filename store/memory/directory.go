package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/tegata-id/tegata/store"
)

// directory keeps providers, channels and LIFF apps.
type directory struct {
	mu        sync.RWMutex // guards all below; what the pointers lead to is never changed
	providers map[string]store.Provider
	channels  map[string]*store.Channel
	apps      map[string]*store.LIFFApp
	appsOf    map[string][]string // LIFF IDs by channel, the oldest first
}

func newDirectory() directory {
	return directory{
		providers: make(map[string]store.Provider),
		channels:  make(map[string]*store.Channel),
		apps:      make(map[string]*store.LIFFApp),
		appsOf:    make(map[string][]string),
	}
}

// keepChannel makes c as it is kept.
func keepChannel(c store.Channel, version int64) *store.Channel {
	c = copyChannel(c)
	utc(&c.CreatedAt)
	for i := range c.Secrets {
		utc(&c.Secrets[i].CreatedAt, &c.Secrets[i].ExpiresAt)
	}
	c.Version = version
	return &c
}

// CreateProvider implements store.Directory.
func (d *directory) CreateProvider(_ context.Context, p store.Provider) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.providers[p.ID]; ok {
		return store.ErrExists
	}
	d.providers[p.ID] = p
	return nil
}

// Providers implements store.Directory.
func (d *directory) Providers(context.Context) ([]store.Provider, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := make([]store.Provider, 0, len(d.providers))
	for _, p := range d.providers {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b store.Provider) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// CreateChannel implements store.Directory.
func (d *directory) CreateChannel(_ context.Context, c store.Channel) error {
	row := keepChannel(c, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.providers[c.ProviderID]; !ok {
		return store.ErrNotFound
	}
	if _, ok := d.channels[c.ID]; ok {
		return store.ErrExists
	}
	d.channels[c.ID] = row
	return nil
}

// Channel implements store.Directory.
func (d *directory) Channel(_ context.Context, id string) (store.Channel, error) {
	d.mu.RLock()
	row, ok := d.channels[id]
	d.mu.RUnlock()
	if !ok {
		return store.Channel{}, store.ErrNotFound
	}
	return copyChannel(*row), nil
}

// Channels implements store.Directory.
func (d *directory) Channels(context.Context) ([]store.Channel, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := make([]store.Channel, 0, len(d.channels))
	for _, row := range d.channels {
		all = append(all, copyChannel(*row))
	}
	slices.SortFunc(all, func(a, b store.Channel) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// UpdateChannel implements store.Directory.
func (d *directory) UpdateChannel(_ context.Context, c store.Channel) error {
	row := keepChannel(c, c.Version+1)
	d.mu.Lock()
	defer d.mu.Unlock()
	old, ok := d.channels[c.ID]
	if !ok {
		return store.ErrNotFound
	}
	if _, ok := d.providers[c.ProviderID]; !ok {
		return store.ErrNotFound
	}
	if old.Version != c.Version {
		return store.ErrConflict
	}
	d.channels[c.ID] = row
	return nil
}
