package memory

import (
	"context"
	"slices"

	"github.com/tegata-id/tegata/store"
)

// keepLIFFApp makes a as it is kept.
func keepLIFFApp(a store.LIFFApp, version int64) *store.LIFFApp {
	a = copyLIFFApp(a)
	utc(&a.CreatedAt)
	a.Version = version
	return &a
}

// CreateLIFFApp implements store.LIFFApps.
func (d *directory) CreateLIFFApp(_ context.Context, a store.LIFFApp, limit int) error {
	row := keepLIFFApp(a, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.channels[a.ChannelID]; !ok {
		return store.ErrNotFound
	}
	if _, ok := d.apps[a.ID]; ok {
		return store.ErrExists
	}
	if limit > 0 && len(d.appsOf[a.ChannelID]) >= limit {
		return store.ErrLimit
	}
	d.apps[a.ID] = row
	d.appsOf[a.ChannelID] = append(d.appsOf[a.ChannelID], a.ID)
	return nil
}

// LIFFApp implements store.LIFFApps.
func (d *directory) LIFFApp(_ context.Context, id string) (store.LIFFApp, error) {
	d.mu.RLock()
	row, ok := d.apps[id]
	d.mu.RUnlock()
	if !ok {
		return store.LIFFApp{}, store.ErrNotFound
	}
	return copyLIFFApp(*row), nil
}

// LIFFAppsOf implements store.LIFFApps.
func (d *directory) LIFFAppsOf(_ context.Context, channelID string) ([]store.LIFFApp, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := make([]store.LIFFApp, 0, len(d.appsOf[channelID]))
	for _, id := range d.appsOf[channelID] {
		all = append(all, copyLIFFApp(*d.apps[id]))
	}
	return all, nil
}

// UpdateLIFFApp implements store.LIFFApps.
func (d *directory) UpdateLIFFApp(_ context.Context, a store.LIFFApp) error {
	row := keepLIFFApp(a, a.Version+1)
	d.mu.Lock()
	defer d.mu.Unlock()
	old, ok := d.apps[a.ID]
	if !ok || old.ChannelID != a.ChannelID {
		return store.ErrNotFound
	}
	if old.Version != a.Version {
		return store.ErrConflict
	}
	d.apps[a.ID] = row
	return nil
}

// DeleteLIFFApp implements store.LIFFApps.
func (d *directory) DeleteLIFFApp(_ context.Context, channelID, id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	row, ok := d.apps[id]
	if !ok || row.ChannelID != channelID {
		return store.ErrNotFound
	}
	delete(d.apps, id)
	at := slices.Index(d.appsOf[channelID], id)
	d.appsOf[channelID] = slices.Delete(d.appsOf[channelID], at, at+1)
	return nil
}
