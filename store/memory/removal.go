package memory

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/store"
)

// The methods of this file take locks in the order directory, people, sessions, issued,
// channelTokens, and look through all rows: an operator removes something now and then.

// UpdateProvider implements store.Removal.
func (d *directory) UpdateProvider(_ context.Context, p store.Provider) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.providers[p.ID]; !ok {
		return store.ErrNotFound
	}
	d.providers[p.ID] = p
	return nil
}

// DeleteProvider implements store.Removal.
func (d *directory) DeleteProvider(_ context.Context, id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.providers[id]; !ok {
		return store.ErrNotFound
	}
	for _, c := range d.channels {
		if c.ProviderID == id {
			return store.ErrInUse
		}
	}
	delete(d.providers, id)
	return nil
}

// DeleteChannel implements store.Removal.
func (s *Store) DeleteChannel(_ context.Context, id string, now time.Time) error {
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	if _, ok := s.channels[id]; !ok {
		return store.ErrNotFound
	}
	if len(s.consents("", id, 1)) > 0 {
		return store.ErrInUse
	}
	for _, app := range s.appsOf[id] {
		delete(s.apps, app)
	}
	delete(s.appsOf, id)
	delete(s.channels, id)
	s.revokeAll(id, now)
	return nil
}

// revokeAll revokes all channel access tokens of a channel.
func (m *channelTokens) revokeAll(channelID string, now time.Time) {
	utc(&now)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, row := range m.rows {
		if row.ChannelID == channelID && row.RevokedAt.IsZero() {
			row.RevokedAt = now
			delete(m.shelves, shelf{channelID, row.Kind})
		}
	}
}

// DeletePerson implements store.Removal.
func (s *Store) DeletePerson(_ context.Context, id string) error {
	s.people.mu.Lock()
	defer s.people.mu.Unlock()
	row, ok := s.persons[id]
	if !ok {
		return store.ErrNotFound
	}
	if len(s.consents(id, "", 1)) > 0 {
		return store.ErrInUse
	}
	delete(s.persons, id)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == id })
	delete(s.byHandle, row.Handle)
	delete(s.byEmail, strings.ToLower(row.Email))
	for key := range s.friends {
		if key.a == id {
			delete(s.friends, key)
		}
	}
	s.dropLink(id)
	s.endAll(id)
	return nil
}

// Withdraw implements store.Removal.
func (s *Store) Withdraw(ctx context.Context, personID, channelID string, now time.Time, limit int) (int, error) {
	n := 0
	for _, key := range s.consents(personID, channelID, limit) {
		if s.Deauthorize(ctx, key.a, key.b, now) == nil {
			n++
		}
	}
	return n, nil
}

// consents returns at most limit consents of a person, to a channel, or of both.
func (m *issued) consents(personID, channelID string, limit int) []pair {
	if personID == "" && channelID == "" {
		return nil
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []pair
	for key := range m.grants {
		if len(found) >= limit {
			break
		}
		if (personID == "" || key.a == personID) && (channelID == "" || key.b == channelID) {
			found = append(found, key)
		}
	}
	return found
}

// EndSessions implements store.Removal.
func (m *sessions) EndSessions(_ context.Context, personID string) error {
	m.endAll(personID)
	return nil
}

func (m *sessions) endAll(personID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for hash, s := range m.rows {
		if s.PersonID == personID {
			delete(m.rows, hash)
		}
	}
}

// PeopleAfter implements store.Removal.
func (m *people) PeopleAfter(_ context.Context, id string, limit int) ([]store.Person, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	from := 0
	if id != "" {
		if from = slices.Index(m.order, id) + 1; from == 0 {
			return nil, store.ErrNotFound
		}
	}
	page := m.order[from:]
	page = page[:max(0, min(limit, len(page)))]
	all := make([]store.Person, 0, len(page))
	for _, other := range page {
		all = append(all, copyPerson(*m.persons[other]))
	}
	return all, nil
}
