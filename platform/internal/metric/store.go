package metric

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tegata-id/tegata/store"
)

// timed is a store whose verbs on the way of a request are measured. The others pass.
type timed struct {
	store.Store
	set   *Set
	verbs sync.Map // name to *verb
}

// verb is the counters of a verb.
type verb struct {
	seconds prometheus.Observer
	faults  prometheus.Counter
}

// Store measures the verbs that requests wait for.
func (s *Set) Store(st store.Store) store.Store { return &timed{Store: st, set: s} }

// span is a verb under way.
type span struct {
	of      *verb
	elapsed func() time.Duration
}

// began measures a verb until its end.
func (t *timed) began(name string) span {
	v, ok := t.verbs.Load(name)
	if !ok {
		v, _ = t.verbs.LoadOrStore(name, &verb{t.set.verbs.WithLabelValues(name), t.set.faults.WithLabelValues(name)})
	}
	return span{v.(*verb), stopwatch()}
}

func (s span) end(err *error) {
	s.of.seconds.Observe(s.elapsed().Seconds())
	if *err != nil && !answered(*err) {
		s.of.faults.Inc()
	}
}

// answered says whether an error is an answer of the store, or the caller's going away,
// and no fault of the store.
func answered(err error) bool {
	for _, e := range []error{
		store.ErrNotFound, store.ErrExists, store.ErrUsed, store.ErrConflict, store.ErrLimit, store.ErrRevoked, store.ErrInUse, context.Canceled,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Channel implements store.Store.
func (t *timed) Channel(ctx context.Context, id string) (c store.Channel, err error) {
	defer t.began("Channel").end(&err)
	return t.Store.Channel(ctx, id)
}

// LIFFApp implements store.Store.
func (t *timed) LIFFApp(ctx context.Context, id string) (a store.LIFFApp, err error) {
	defer t.began("LIFFApp").end(&err)
	return t.Store.LIFFApp(ctx, id)
}

// Person implements store.Store.
func (t *timed) Person(ctx context.Context, id string) (p store.Person, err error) {
	defer t.began("Person").end(&err)
	return t.Store.Person(ctx, id)
}

// PersonByLogin implements store.Store.
func (t *timed) PersonByLogin(ctx context.Context, name string) (p store.Person, err error) {
	defer t.began("PersonByLogin").end(&err)
	return t.Store.PersonByLogin(ctx, name)
}

// UserID implements store.Store.
func (t *timed) UserID(ctx context.Context, personID, providerID, candidate string) (id string, err error) {
	defer t.began("UserID").end(&err)
	return t.Store.UserID(ctx, personID, providerID, candidate)
}

// Session implements store.Store.
func (t *timed) Session(ctx context.Context, hash store.Hash, now time.Time) (s store.Session, err error) {
	defer t.began("Session").end(&err)
	return t.Store.Session(ctx, hash, now)
}

// CreateSession implements store.Store.
func (t *timed) CreateSession(ctx context.Context, s store.Session) (err error) {
	defer t.began("CreateSession").end(&err)
	return t.Store.CreateSession(ctx, s)
}

// CreateTransaction implements store.Store.
func (t *timed) CreateTransaction(ctx context.Context, tx store.Transaction) (err error) {
	defer t.began("CreateTransaction").end(&err)
	return t.Store.CreateTransaction(ctx, tx)
}

// Transaction implements store.Store.
func (t *timed) Transaction(ctx context.Context, hash store.Hash, now time.Time) (tx store.Transaction, err error) {
	defer t.began("Transaction").end(&err)
	return t.Store.Transaction(ctx, hash, now)
}

// FinishTransaction implements store.Store.
func (t *timed) FinishTransaction(ctx context.Context, hash store.Hash, now time.Time, code *store.Code) (err error) {
	defer t.began("FinishTransaction").end(&err)
	return t.Store.FinishTransaction(ctx, hash, now, code)
}

// Grant implements store.Store.
func (t *timed) Grant(ctx context.Context, personID, channelID string) (g store.Grant, err error) {
	defer t.began("Grant").end(&err)
	return t.Store.Grant(ctx, personID, channelID)
}

// PutGrant implements store.Store.
func (t *timed) PutGrant(ctx context.Context, g store.Grant) (err error) {
	defer t.began("PutGrant").end(&err)
	return t.Store.PutGrant(ctx, g)
}

// Deauthorize implements store.Store.
func (t *timed) Deauthorize(ctx context.Context, personID, channelID string, now time.Time) (err error) {
	defer t.began("Deauthorize").end(&err)
	return t.Store.Deauthorize(ctx, personID, channelID, now)
}

// Code implements store.Store.
func (t *timed) Code(ctx context.Context, id store.ID, now time.Time) (c store.Code, err error) {
	defer t.began("Code").end(&err)
	return t.Store.Code(ctx, id, now)
}

// RedeemCode implements store.Store.
func (t *timed) RedeemCode(ctx context.Context, id store.ID, now time.Time, access store.AccessToken, refresh *store.RefreshToken) (err error) {
	defer t.began("RedeemCode").end(&err)
	return t.Store.RedeemCode(ctx, id, now, access, refresh)
}

// AddAccessToken implements store.Store.
func (t *timed) AddAccessToken(ctx context.Context, access store.AccessToken, now time.Time) (err error) {
	defer t.began("AddAccessToken").end(&err)
	return t.Store.AddAccessToken(ctx, access, now)
}

// AccessToken implements store.Store.
func (t *timed) AccessToken(ctx context.Context, id store.ID) (a store.AccessToken, err error) {
	defer t.began("AccessToken").end(&err)
	return t.Store.AccessToken(ctx, id)
}

// RefreshToken implements store.Store.
func (t *timed) RefreshToken(ctx context.Context, id store.ID) (r store.RefreshToken, err error) {
	defer t.began("RefreshToken").end(&err)
	return t.Store.RefreshToken(ctx, id)
}

// RevokeAccessToken implements store.Store.
func (t *timed) RevokeAccessToken(ctx context.Context, id store.ID, now time.Time, cause string) (err error) {
	defer t.began("RevokeAccessToken").end(&err)
	return t.Store.RevokeAccessToken(ctx, id, now, cause)
}

// RevokeRefreshToken implements store.Store.
func (t *timed) RevokeRefreshToken(ctx context.Context, id store.ID, now time.Time, cause string) (err error) {
	defer t.began("RevokeRefreshToken").end(&err)
	return t.Store.RevokeRefreshToken(ctx, id, now, cause)
}

// ChannelToken implements store.Store.
func (t *timed) ChannelToken(ctx context.Context, id store.ID) (c store.ChannelToken, err error) {
	defer t.began("ChannelToken").end(&err)
	return t.Store.ChannelToken(ctx, id)
}

// AddChannelToken implements store.Store.
func (t *timed) AddChannelToken(ctx context.Context, c store.ChannelToken, limit int, evict bool) (err error) {
	defer t.began("AddChannelToken").end(&err)
	return t.Store.AddChannelToken(ctx, c, limit, evict)
}

// KeyRing implements store.Store.
func (t *timed) KeyRing(ctx context.Context) (k store.KeyRing, err error) {
	defer t.began("KeyRing").end(&err)
	return t.Store.KeyRing(ctx)
}

// AddEvent implements store.Store.
func (t *timed) AddEvent(ctx context.Context, e store.Event) (err error) {
	defer t.began("AddEvent").end(&err)
	return t.Store.AddEvent(ctx, e)
}

// AddEvents implements store.Store.
func (t *timed) AddEvents(ctx context.Context, all []store.Event) (err error) {
	defer t.began("AddEvents").end(&err)
	return t.Store.AddEvents(ctx, all)
}

// Sweep implements store.Store.
func (t *timed) Sweep(ctx context.Context, now time.Time, limit int) (n int, err error) {
	defer t.began("Sweep").end(&err)
	return t.Store.Sweep(ctx, now, limit)
}
