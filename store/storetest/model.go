package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tegata-id/tegata/store"
)

var modelCases = []testCase{
	{"any sequence of steps ends where the words of the contract say", func(s *stage) {
		s.world()
		var stories atomic.Int64
		rapid.Check(s, func(t *rapid.T) {
			m := newModel(t, s.Store, s.ctx, int(stories.Add(1)))
			t.Repeat(map[string]func(*rapid.T){
				"consent":     m.consent,
				"deauthorize": m.deauthorize,
				"create":      m.createCode,
				"redeem":      m.redeem,
				"add":         m.add,
				"access":      m.revokeAccess,
				"refresh":     m.revokeRefresh,
				"rotate":      m.rotate,
				"wait":        m.wait,
				"sweep":       m.sweep,
				"":            m.check,
			})
		})
	}},
}

// keysOfModel is how many keys a story has for each kind of record. Few, so that its
// steps meet.
const keysOfModel = 5

// model tells what codes and tokens are at every moment, in the plainest way: lists
// that are read from end to end. All stories play in one store, each with people and
// keys of its own.
type model struct {
	store   store.Store
	ctx     context.Context
	base    int // of the story's keys
	people  []string
	now     int // seconds after start
	grants  map[string]bool
	codes   map[int]*modelCode
	access  map[int]*store.AccessToken
	refresh map[int]*store.RefreshToken
	swept   map[int]bool // refresh tokens that have gone; in life no key comes twice
	// The first refresh token of the rotation that led to a refresh token, and to the
	// one that an access token was issued from.
	line, lineOf map[int]int
}

// modelCode is what the model knows of a code.
type modelCode struct {
	person        string
	ends          int
	used, revoked bool
}

func newModel(t *rapid.T, s store.Store, ctx context.Context, story int) *model {
	m := &model{
		store: s, ctx: ctx, base: story * 1000, grants: map[string]bool{}, codes: map[int]*modelCode{},
		access: map[int]*store.AccessToken{}, refresh: map[int]*store.RefreshToken{},
		swept: map[int]bool{}, line: map[int]int{}, lineOf: map[int]int{},
	}
	for n := range 2 {
		person := fmt.Sprintf("story-%d-%d", story, n)
		m.people = append(m.people, person)
		m.expect(t, "CreatePerson", s.CreatePerson(ctx, store.Person{ID: person}), nil)
		m.expect(t, "PutGrant", s.PutGrant(ctx, store.Grant{PersonID: person, ChannelID: shop}), nil)
		m.grants[person] = true
	}
	return m
}

func (m *model) expect(t *rapid.T, verb string, got, want error) {
	if !sentinelEqual(got, want) {
		t.Fatalf("%s at %d: got error %v, want %v", verb, m.now, got, want)
	}
}

func sentinelEqual(got, want error) bool { return cmp.Equal(got, want, cmpopts.EquateErrors()) }

func (m *model) person(t *rapid.T) string { return rapid.SampledFrom(m.people).Draw(t, "person") }

func (m *model) key(t *rapid.T, name string) int {
	return m.base + rapid.IntRange(1, keysOfModel).Draw(t, name)
}

// there draws a key of a record that is there, most of the time.
func there[T any](t *rapid.T, m *model, name string, records map[int]T) int {
	if len(records) == 0 || rapid.IntRange(0, 4).Draw(t, name+" at random") == 0 {
		return m.key(t, name)
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(records))).Draw(t, name)
}

// life draws how long something lives from now on.
func (m *model) life(t *rapid.T) int { return m.now + rapid.IntRange(1, 16).Draw(t, "life") }

func (m *model) wait(t *rapid.T) { m.now += rapid.IntRange(1, 2).Draw(t, "seconds") }

func (m *model) consent(t *rapid.T) {
	person := m.person(t)
	m.expect(t, "PutGrant", m.store.PutGrant(m.ctx, store.Grant{PersonID: person, ChannelID: shop}), nil)
	m.grants[person] = true
}

func (m *model) deauthorize(t *rapid.T) {
	person := m.person(t)
	err := m.store.Deauthorize(m.ctx, person, shop, after(m.now))
	if !m.grants[person] {
		m.expect(t, "Deauthorize", err, store.ErrNotFound)
		return
	}
	m.expect(t, "Deauthorize", err, nil)
	delete(m.grants, person)
	for _, c := range m.codes {
		c.revoked = c.revoked || c.person == person
	}
	for _, a := range m.access {
		if a.PersonID == person {
			m.revoke(&a.RevokedAt, &a.Cause, store.CauseDeauthorize)
		}
	}
	for _, r := range m.refresh {
		if r.PersonID == person {
			m.revoke(&r.RevokedAt, &r.Cause, store.CauseDeauthorize)
		}
	}
}

func (m *model) revoke(at *time.Time, cause *string, why string) {
	if at.IsZero() {
		*at, *cause = after(m.now), why
	}
}

func (m *model) createCode(t *rapid.T) {
	n, person, ends := m.key(t, "code"), m.person(t), m.life(t)
	c := code(n, person, shop)
	c.ExpiresAt = after(ends)
	err := m.store.CreateCode(m.ctx, c)
	if m.codes[n] != nil {
		m.expect(t, "CreateCode", err, store.ErrExists)
		return
	}
	m.expect(t, "CreateCode", err, nil)
	m.codes[n] = &modelCode{person: person, ends: ends}
}

// codeState is what asking for a code answers, before it is asked whether the code is
// revoked.
func (m *model) codeState(n int) error {
	switch c := m.codes[n]; {
	case c == nil || m.now >= c.ends:
		return store.ErrNotFound
	case c.used:
		return store.ErrUsed
	}
	return nil
}

func (m *model) redeem(t *rapid.T) {
	n, an, rn := there(t, m, "code", m.codes), m.key(t, "access"), m.key(t, "refresh")
	person := m.people[0]
	if m.codes[n] != nil {
		person = m.codes[n].person
	}
	a, r := access(an, person, shop, store.ID{}), (*store.RefreshToken)(nil)
	a.ExpiresAt = after(m.life(t))
	if rapid.Bool().Draw(t, "with refresh token") && !m.swept[rn] {
		r = refresh(rn, person, shop)
		r.ExpiresAt = after(m.life(t))
		a.RefreshID = r.ID
	}
	want := m.codeState(n)
	switch {
	case want != nil:
	case m.codes[n].revoked || !m.grants[person]:
		want = store.ErrRevoked
	case m.access[an] != nil || r != nil && m.refresh[rn] != nil:
		want = store.ErrExists
	}
	m.expect(t, "RedeemCode", m.store.RedeemCode(m.ctx, id(n), after(m.now), a, r), want)
	if want != nil {
		return
	}
	m.codes[n].used = true
	m.access[an] = &a
	delete(m.lineOf, an)
	if r != nil {
		m.refresh[rn] = r
		m.line[rn], m.lineOf[an] = rn, rn
	}
}

func (m *model) add(t *rapid.T) {
	an, person := m.key(t, "access"), m.person(t)
	a := access(an, person, shop, store.ID{})
	var want error
	line := 0
	if rapid.Bool().Draw(t, "from refresh token") {
		rn := there(t, m, "refresh", m.refresh)
		a.RefreshID = id(rn)
		switch r := m.refresh[rn]; {
		case r == nil || !after(m.now).Before(r.ExpiresAt):
			want = store.ErrNotFound
		case !r.RevokedAt.IsZero():
			want = store.ErrRevoked
		case !r.UsedAt.IsZero():
			want = store.ErrUsed
		default:
			a.PersonID, line = r.PersonID, m.line[rn]
		}
	}
	a.ExpiresAt = after(m.life(t))
	if want == nil && !m.grants[a.PersonID] {
		want = store.ErrRevoked
	}
	if want == nil && m.access[an] != nil {
		want = store.ErrExists
	}
	m.expect(t, "AddAccessToken", m.store.AddAccessToken(m.ctx, a, after(m.now)), want)
	if want == nil {
		m.access[an], m.lineOf[an] = &a, line
	}
}

func (m *model) revokeAccess(t *rapid.T) {
	n := there(t, m, "access", m.access)
	err := m.store.RevokeAccessToken(m.ctx, id(n), after(m.now), "revoke")
	if a := m.access[n]; a == nil {
		m.expect(t, "RevokeAccessToken", err, store.ErrNotFound)
	} else {
		m.expect(t, "RevokeAccessToken", err, nil)
		m.revoke(&a.RevokedAt, &a.Cause, "revoke")
	}
}

func (m *model) revokeRefresh(t *rapid.T) {
	n := there(t, m, "refresh", m.refresh)
	err := m.store.RevokeRefreshToken(m.ctx, id(n), after(m.now), "family")
	r := m.refresh[n]
	if r == nil {
		m.expect(t, "RevokeRefreshToken", err, store.ErrNotFound)
		return
	}
	m.expect(t, "RevokeRefreshToken", err, nil)
	for other, r := range m.refresh {
		if m.line[other] == m.line[n] {
			m.revoke(&r.RevokedAt, &r.Cause, "family")
		}
	}
	for an, a := range m.access {
		if m.lineOf[an] == m.line[n] {
			m.revoke(&a.RevokedAt, &a.Cause, "family")
		}
	}
}
