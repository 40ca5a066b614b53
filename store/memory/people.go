package memory

import (
	"context"
	"strings"
	"sync"

	"github.com/tegata-id/tegata/store"
)

// pair is a key of two identifiers.
type pair struct{ a, b string }

// people keeps persons, their friendships and their user IDs.
type people struct {
	mu       sync.RWMutex // guards all below; what the pointers lead to is never changed
	persons  map[string]*store.Person
	order    []string          // person IDs, the oldest first
	byHandle map[string]string // person IDs; an empty handle is nobody's
	byEmail  map[string]string // person IDs by address in lower case
	friends  map[pair]store.Friendship
	userIDs  map[pair]string // by person and provider
	personOf map[pair]string // by provider and user ID
	links    map[store.Hash]store.PasswordLink
	linkOf   map[string]store.Hash // the one link of a person

	linkEnds deadlines[store.Hash]
}

func newPeople() people {
	return people{
		persons:  make(map[string]*store.Person),
		byHandle: make(map[string]string),
		byEmail:  make(map[string]string),
		friends:  make(map[pair]store.Friendship),
		userIDs:  make(map[pair]string),
		personOf: make(map[pair]string),
		links:    make(map[store.Hash]store.PasswordLink),
		linkOf:   make(map[string]store.Hash),
	}
}

// keepPerson makes p as it is kept.
func keepPerson(p store.Person, version int64) *store.Person {
	p = copyPerson(p)
	utc(&p.CreatedAt)
	p.Version = version
	return &p
}

// taken says whether the handle or address of p belongs to somebody else.
func (m *people) taken(p *store.Person) bool {
	if id, ok := m.byHandle[p.Handle]; ok && id != p.ID {
		return true
	}
	id, ok := m.byEmail[strings.ToLower(p.Email)]
	return ok && id != p.ID
}

// put files p under its ID, handle and address.
func (m *people) put(p *store.Person) {
	m.persons[p.ID] = p
	if p.Handle != "" {
		m.byHandle[p.Handle] = p.ID
	}
	if p.Email != "" {
		m.byEmail[strings.ToLower(p.Email)] = p.ID
	}
}

// CreatePerson implements store.People.
func (m *people) CreatePerson(_ context.Context, p store.Person) error {
	row := keepPerson(p, 1)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.persons[p.ID]; ok || m.taken(row) {
		return store.ErrExists
	}
	m.put(row)
	m.order = append(m.order, p.ID)
	return nil
}

// Person implements store.People.
func (m *people) Person(_ context.Context, id string) (store.Person, error) {
	m.mu.RLock()
	row, ok := m.persons[id]
	m.mu.RUnlock()
	if !ok {
		return store.Person{}, store.ErrNotFound
	}
	return copyPerson(*row), nil
}

// PersonByLogin implements store.People.
func (m *people) PersonByLogin(_ context.Context, emailOrHandle string) (store.Person, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	id, ok := m.byEmail[strings.ToLower(emailOrHandle)]
	if !ok {
		id, ok = m.byHandle[emailOrHandle]
	}
	if !ok {
		return store.Person{}, store.ErrNotFound
	}
	return copyPerson(*m.persons[id]), nil
}

// People implements store.People.
func (m *people) People(context.Context) ([]store.Person, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := make([]store.Person, 0, len(m.order))
	for _, id := range m.order {
		all = append(all, copyPerson(*m.persons[id]))
	}
	return all, nil
}

// UpdatePerson implements store.People.
func (m *people) UpdatePerson(_ context.Context, p store.Person) error {
	row := keepPerson(p, p.Version+1)
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.persons[p.ID]
	if !ok {
		return store.ErrNotFound
	}
	if old.Version != p.Version {
		return store.ErrConflict
	}
	if m.taken(row) {
		return store.ErrExists
	}
	delete(m.byHandle, old.Handle)
	delete(m.byEmail, strings.ToLower(old.Email))
	m.put(row)
	return nil
}

// Friendship implements store.People.
func (m *people) Friendship(_ context.Context, personID, botID string) (store.Friendship, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.friends[pair{personID, botID}], nil
}

// SetFriendship implements store.People.
func (m *people) SetFriendship(_ context.Context, personID, botID string, f store.Friendship) (store.Friendship, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.friends[pair{personID, botID}]
	m.friends[pair{personID, botID}] = f
	return before, nil
}
