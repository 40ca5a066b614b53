package storetest

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tegata-id/tegata/store"
)

func (m *model) rotate(t *rapid.T) {
	rn, an, nn := there(t, m, "refresh", m.refresh), m.key(t, "access"), m.key(t, "next")
	if m.swept[nn] {
		return
	}
	old, person := m.refresh[rn], m.people[0]
	if old != nil {
		person = old.PersonID
	}
	next, a := refresh(nn, person, shop), access(an, person, shop, id(nn))
	next.ExpiresAt, a.ExpiresAt = after(m.life(t)), after(m.life(t))
	var want error
	switch {
	case old == nil || !after(m.now).Before(old.ExpiresAt):
		want = store.ErrNotFound
	case !old.RevokedAt.IsZero():
		want = store.ErrRevoked
	case !old.UsedAt.IsZero():
		want = store.ErrUsed
	case !m.grants[person]:
		want = store.ErrRevoked
	case m.access[an] != nil || m.refresh[nn] != nil:
		want = store.ErrExists
	}
	m.expect(t, "RotateRefresh", m.store.RotateRefresh(m.ctx, id(rn), after(m.now), a, *next), want)
	if want == nil {
		old.UsedAt = after(m.now)
		m.refresh[nn], m.access[an] = next, &a
		m.line[nn], m.lineOf[an] = m.line[rn], m.line[rn]
	}
}

// sweep removes everything that has expired, of this story and of those before.
func (m *model) sweep(t *rapid.T) {
	for {
		n, err := m.store.Sweep(m.ctx, after(m.now), 50)
		m.expect(t, "Sweep", err, nil)
		if n == 0 {
			break
		}
	}
	for n, c := range m.codes {
		if m.now >= c.ends {
			delete(m.codes, n)
		}
	}
	for n, a := range m.access {
		if !after(m.now).Before(a.ExpiresAt) {
			delete(m.access, n)
		}
	}
	for n, r := range m.refresh {
		if !after(m.now).Before(r.ExpiresAt) {
			delete(m.refresh, n)
			m.swept[n] = true
		}
	}
}

// check compares all that can be read.
func (m *model) check(t *rapid.T) {
	for n := m.base + 1; n <= m.base+keysOfModel; n++ {
		want := m.codeState(n)
		if want == nil && m.codes[n].revoked {
			want = store.ErrNotFound
		}
		_, err := m.store.Code(m.ctx, id(n), after(m.now))
		m.expect(t, "Code", err, want)
		a, err := m.store.AccessToken(m.ctx, id(n))
		compare(t, m, "AccessToken", a, err, m.access[n])
		r, err := m.store.RefreshToken(m.ctx, id(n))
		compare(t, m, "RefreshToken", r, err, m.refresh[n])
	}
	for _, person := range m.people {
		want := store.ErrNotFound
		if m.grants[person] {
			want = nil
		}
		_, err := m.store.Grant(m.ctx, person, shop)
		m.expect(t, "Grant", err, want)
	}
}

func compare[T any](t *rapid.T, m *model, verb string, got T, err error, want *T) {
	if want == nil {
		m.expect(t, verb, err, store.ErrNotFound)
		return
	}
	m.expect(t, verb, err, nil)
	if diff := cmp.Diff(*want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s at %d: -want +got\n%s", verb, m.now, diff)
	}
}
