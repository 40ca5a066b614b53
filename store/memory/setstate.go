package memory

import (
	"context"
	"slices"

	"github.com/tegata-id/tegata/store"
)

// SetState implements store.Stateful. The new state is built beside the old one, and
// takes its place while every lock is held.
func (s *Store) SetState(_ context.Context, state *store.State) error {
	next := New(Config{EventLimit: s.events.limit})
	next.directory.load(state)
	next.people.load(state)
	for _, row := range state.Sessions {
		utc(&row.AuthTime, &row.ExpiresAt)
		next.sessions.rows[row.Hash] = row
		next.sessions.ends.add(row.Hash, row.ExpiresAt)
	}
	next.issued.load(state)
	next.channelTokens.load(state)
	for _, row := range state.AdminTokens {
		utc(&row.CreatedAt, &row.ExpiresAt)
		next.adminTokens.rows[row.ID] = row
		next.adminTokens.ends.add(row.ID, row.ExpiresAt)
	}
	next.keyRing.load(state)
	next.events.load(state)

	defer s.lockAll()()
	d, p, i, c := &s.directory, &s.people, &s.issued, &s.channelTokens
	d.providers, d.channels, d.apps, d.appsOf = next.providers, next.channels, next.apps, next.appsOf
	p.persons, p.order, p.byHandle, p.byEmail = next.persons, next.people.order, next.byHandle, next.byEmail
	p.friends, p.userIDs, p.personOf = next.friends, next.userIDs, next.personOf
	p.links, p.linkOf, p.linkEnds = next.links, next.linkOf, next.linkEnds
	s.sessions.rows, s.sessions.ends = next.sessions.rows, next.sessions.ends
	i.transactions, i.grants, i.codes = next.transactions, next.grants, next.codes
	i.access, i.refresh, i.families, i.holdings = next.access, next.refresh, next.families, next.holdings
	i.transactionEnds, i.codeEnds, i.accessEnds, i.refreshEnds = next.transactionEnds, next.codeEnds, next.accessEnds, next.refreshEnds
	c.rows, c.shelves, c.assertions = next.channelTokens.rows, next.shelves, next.assertions
	c.ends, c.assertionEnds = next.channelTokens.ends, next.assertionEnds
	s.adminTokens.rows, s.adminTokens.ends = next.adminTokens.rows, next.adminTokens.ends
	s.keyRing.ring = next.keyRing.ring
	s.events.ring, s.events.last = next.events.ring, next.events.last
	return nil
}

func (d *directory) load(s *store.State) {
	for _, p := range s.Providers {
		d.providers[p.ID] = p
	}
	for _, c := range s.Channels {
		d.channels[c.ID] = keepChannel(c, c.Version)
	}
	for _, a := range s.LIFFApps {
		row := copyLIFFApp(a)
		utc(&row.CreatedAt)
		d.apps[a.ID] = &row
		d.appsOf[a.ChannelID] = append(d.appsOf[a.ChannelID], a.ID)
	}
}

func (m *people) load(s *store.State) {
	for _, p := range s.People {
		m.order = append(m.order, p.ID)
		m.put(keepPerson(p, p.Version))
	}
	for _, u := range s.UserIDs {
		m.personOf[pair{u.ProviderID, u.UserID}] = u.PersonID
		m.userIDs[pair{u.PersonID, u.ProviderID}] = u.UserID
	}
	for _, f := range s.Friendships {
		m.friends[pair{f.PersonID, f.BotID}] = f.Friendship
	}
	for _, l := range s.PasswordLinks {
		utc(&l.CreatedAt, &l.ExpiresAt)
		m.links[l.Hash], m.linkOf[l.PersonID] = l, l.Hash
		m.linkEnds.add(l.Hash, l.ExpiresAt)
	}
}

func (m *issued) load(s *store.State) {
	for _, t := range s.Transactions {
		row := &transaction{Transaction: copyTransaction(t.Transaction), used: t.Burned}
		utc(&row.Who.Time, &row.CreatedAt, &row.ExpiresAt)
		m.transactions[t.Hash] = row
		m.transactionEnds.add(t.Hash, row.ExpiresAt)
	}
	for _, g := range s.Grants {
		row := copyGrant(g)
		utc(&row.ConsentedAt, &row.EmailConsentedAt)
		m.grants[pair{g.PersonID, g.ChannelID}] = &row
	}
	for _, c := range s.Codes {
		_ = m.addCode(c.Code) // a second one of an ID is left out
		row := m.codes[c.ID]
		row.used, row.revoked = c.Burned, c.Revoked
	}
	named := map[store.ID]*family{}
	for _, t := range s.RefreshTokens {
		if named[t.Family] == nil {
			named[t.Family] = newFamily()
		}
		m.addRefresh(t.RefreshToken, named[t.Family])
	}
	for _, t := range s.AccessTokens {
		m.addAccess(t.AccessToken)
		if f, ok := named[t.Family]; ok {
			// Its own refresh token may have gone, and the rest of the line not.
			f.access[t.ID] = m.access[t.ID]
			m.families[t.ID] = f
		}
	}
}

func (m *channelTokens) load(s *store.State) {
	for _, t := range s.ChannelTokens {
		row := t
		utc(&row.IssuedAt, &row.ExpiresAt, &row.RevokedAt)
		m.rows[t.ID] = &row
		m.ends.add(t.ID, row.ExpiresAt)
		if row.RevokedAt.IsZero() {
			key := shelf{t.ChannelID, t.Kind}
			m.shelves[key] = append(m.shelves[key], &row)
		}
	}
	for _, rows := range m.shelves {
		slices.SortFunc(rows, byAge)
	}
	for _, a := range s.Assertions {
		key := pair{a.ChannelID, a.JTI}
		utc(&a.ExpiresAt)
		m.assertions[key] = a.ExpiresAt
		m.assertionEnds.add(key, a.ExpiresAt)
	}
}

func (m *keyRing) load(s *store.State) {
	m.ring = store.KeyRing{Version: s.KeyRing.Version, Keys: copyKeys(s.KeyRing.Keys)}
	for i := range m.ring.Keys {
		k := &m.ring.Keys[i]
		utc(&k.CreatedAt, &k.ActiveAt, &k.RetiredAt, &k.ExpiresAt)
	}
}

// load takes the newest events. They keep their numbers if the oldest kept one is where
// the ring has its place, else they are numbered from one on.
func (m *events) load(s *store.State) {
	kept := s.Events[max(0, len(s.Events)-m.limit):]
	m.last = s.LastEvent
	if full := len(kept) == m.limit; !full && m.last != int64(len(kept)) {
		m.last = int64(len(kept))
	}
	m.ring = make([]store.Event, len(kept))
	for i, e := range kept {
		utc(&e.Time)
		e.Seq = m.first() + int64(i)
		m.ring[m.at(e.Seq)] = e
	}
}
