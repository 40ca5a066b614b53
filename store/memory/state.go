package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/tegata-id/tegata/store"
)

var _ store.Stateful = (*Store)(nil)

// lockAll takes every lock, in the order that removal.go keeps, and returns what lets
// them go.
func (s *Store) lockAll() (unlock func()) {
	s.directory.mu.Lock()
	s.people.mu.Lock()
	s.sessions.mu.Lock()
	s.issued.mu.Lock()
	s.channelTokens.mu.Lock()
	s.adminTokens.mu.Lock()
	s.keyRing.mu.Lock()
	s.events.mu.Lock()
	return func() {
		s.events.mu.Unlock()
		s.keyRing.mu.Unlock()
		s.adminTokens.mu.Unlock()
		s.channelTokens.mu.Unlock()
		s.issued.mu.Unlock()
		s.sessions.mu.Unlock()
		s.people.mu.Unlock()
		s.directory.mu.Unlock()
	}
}

// State implements store.Stateful.
func (s *Store) State(context.Context) (*store.State, error) {
	defer s.lockAll()()
	out := &store.State{}
	s.directory.save(out)
	s.people.save(out)
	for _, row := range s.sessions.rows {
		out.Sessions = append(out.Sessions, row)
	}
	s.issued.save(out)
	for _, row := range s.channelTokens.rows {
		out.ChannelTokens = append(out.ChannelTokens, *row)
	}
	for key, expires := range s.assertions {
		out.Assertions = append(out.Assertions, store.HeldAssertion{ChannelID: key.a, JTI: key.b, ExpiresAt: expires})
	}
	for _, row := range s.adminTokens.rows {
		out.AdminTokens = append(out.AdminTokens, row)
	}
	out.KeyRing = store.KeyRing{Version: s.keyRing.ring.Version, Keys: copyKeys(s.keyRing.ring.Keys)}
	for seq := s.events.first(); seq <= s.events.last; seq++ {
		out.Events = append(out.Events, s.events.ring[s.events.at(seq)])
	}
	out.LastEvent = s.events.last
	order(out)
	return out, nil
}

func (d *directory) save(out *store.State) {
	for _, row := range d.providers {
		out.Providers = append(out.Providers, row)
	}
	for _, row := range d.channels {
		out.Channels = append(out.Channels, copyChannel(*row))
	}
	slices.SortFunc(out.Channels, func(a, b store.Channel) int { return cmp.Compare(a.ID, b.ID) })
	for _, c := range out.Channels {
		for _, id := range d.appsOf[c.ID] {
			out.LIFFApps = append(out.LIFFApps, copyLIFFApp(*d.apps[id]))
		}
	}
}

func (m *people) save(out *store.State) {
	for _, id := range m.order {
		out.People = append(out.People, copyPerson(*m.persons[id]))
	}
	// User IDs stay taken when their person has gone, so what counts is personOf.
	for key, person := range m.personOf {
		out.UserIDs = append(out.UserIDs, store.HeldUserID{PersonID: person, ProviderID: key.a, UserID: key.b})
	}
	for key, f := range m.friends {
		out.Friendships = append(out.Friendships, store.HeldFriendship{PersonID: key.a, BotID: key.b, Friendship: f})
	}
	for _, l := range m.links {
		out.PasswordLinks = append(out.PasswordLinks, l)
	}
}

func (m *issued) save(out *store.State) {
	for _, row := range m.transactions {
		out.Transactions = append(out.Transactions, store.HeldTransaction{Transaction: copyTransaction(row.Transaction), Burned: row.used})
	}
	for _, row := range m.grants {
		out.Grants = append(out.Grants, copyGrant(*row))
	}
	for _, row := range m.codes {
		out.Codes = append(out.Codes, store.HeldCode{Code: copyCode(row.Code), Burned: row.used, Revoked: row.revoked})
	}
	for _, row := range m.refresh {
		t := store.HeldRefreshToken{RefreshToken: row.RefreshToken, Family: row.family.name()}
		t.Scopes = slices.Clone(t.Scopes)
		out.RefreshTokens = append(out.RefreshTokens, t)
	}
	for id, row := range m.access {
		t := store.HeldAccessToken{AccessToken: *row}
		t.Scopes = slices.Clone(t.Scopes)
		if f, ok := m.families[id]; ok {
			t.Family = f.name()
		}
		out.AccessTokens = append(out.AccessTokens, t)
	}
}

// name is the least of the family's IDs.
func (f *family) name() store.ID {
	var least store.ID
	first := true
	for id := range f.refresh {
		if first || bytes.Compare(id[:], least[:]) < 0 {
			least, first = id, false
		}
	}
	return least
}

// order sorts what came out of maps.
func order(s *store.State) {
	slices.SortFunc(s.Providers, func(a, b store.Provider) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.UserIDs, func(a, b store.HeldUserID) int {
		return cmp.Or(cmp.Compare(a.ProviderID, b.ProviderID), cmp.Compare(a.UserID, b.UserID))
	})
	slices.SortFunc(s.Friendships, func(a, b store.HeldFriendship) int {
		return cmp.Or(cmp.Compare(a.PersonID, b.PersonID), cmp.Compare(a.BotID, b.BotID))
	})
	slices.SortFunc(s.PasswordLinks, func(a, b store.PasswordLink) int { return byHash(a.Hash, b.Hash) })
	slices.SortFunc(s.Sessions, func(a, b store.Session) int { return byHash(a.Hash, b.Hash) })
	slices.SortFunc(s.Transactions, func(a, b store.HeldTransaction) int { return byHash(a.Hash, b.Hash) })
	slices.SortFunc(s.Grants, func(a, b store.Grant) int {
		return cmp.Or(cmp.Compare(a.PersonID, b.PersonID), cmp.Compare(a.ChannelID, b.ChannelID))
	})
	slices.SortFunc(s.Codes, func(a, b store.HeldCode) int { return byID(a.ID, b.ID) })
	slices.SortFunc(s.RefreshTokens, func(a, b store.HeldRefreshToken) int { return byID(a.ID, b.ID) })
	slices.SortFunc(s.AccessTokens, func(a, b store.HeldAccessToken) int { return byID(a.ID, b.ID) })
	slices.SortFunc(s.ChannelTokens, func(a, b store.ChannelToken) int { return byID(a.ID, b.ID) })
	slices.SortFunc(s.Assertions, func(a, b store.HeldAssertion) int {
		return cmp.Or(cmp.Compare(a.ChannelID, b.ChannelID), cmp.Compare(a.JTI, b.JTI))
	})
	slices.SortFunc(s.AdminTokens, func(a, b store.AdminToken) int { return cmp.Compare(a.ID, b.ID) })
}

func byHash(a, b store.Hash) int { return bytes.Compare(a[:], b[:]) }

func byID(a, b store.ID) int { return bytes.Compare(a[:], b[:]) }
