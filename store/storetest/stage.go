package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tegata-id/tegata/store"
)

// start is when the stories of the suite begin. Times are whole seconds, because no
// engine promises more.
var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// after is start plus some seconds.
func after(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

// stage is where a case works: a store and words to ask it with.
type stage struct {
	testing.TB
	store.Store
	ctx context.Context
}

// ok ends the case if a step of it failed that must not.
func (s *stage) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("got error %v, want none", err)
	}
}

// is notes that a call did not answer the sentinel want, or nil.
func (s *stage) is(what string, got, want error) {
	s.Helper()
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		s.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// same notes that a record came back otherwise than want, or with times that are
// not UTC.
func (s *stage) same(what string, got any, err error, want any) {
	s.Helper()
	if err != nil {
		s.Errorf("%s: got error %v, want none", what, err)
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("%s: -want +got\n%s", what, diff)
	}
	s.clean(what, reflect.ValueOf(got))
}

// clean walks a record and notes times in another zone or with a monotonic reading.
func (s *stage) clean(what string, v reflect.Value) {
	s.Helper()
	switch v.Kind() {
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			if t.Location() != time.UTC || t != t.Round(0) {
				s.Errorf("%s: time %v is not plain UTC", what, t)
			}
			return
		}
		for i := range v.NumField() {
			s.clean(what, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.clean(what, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			s.clean(what, v.Elem())
		}
	}
}

// id and hash give keys that differ for different n.
func id(n int) (id store.ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func hash(n int) (h store.Hash) {
	binary.BigEndian.PutUint64(h[24:], uint64(n))
	return h
}

// The people, provider and channels of the stories.
const (
	hanako   = "person-hanako"
	taro     = "person-taro"
	provider = "provider-1"
	shop     = "1000000001"
	bank     = "1000000002"
)

// world adds the people, the provider and the channels.
func (s *stage) world() {
	s.Helper()
	s.ok(s.CreateProvider(s.ctx, store.Provider{ID: provider, Name: "Provider"}))
	for _, c := range []string{shop, bank} {
		s.ok(s.CreateChannel(s.ctx, store.Channel{ID: c, ProviderID: provider}))
	}
	s.ok(s.CreatePerson(s.ctx, store.Person{ID: hanako, Handle: "hanako"}))
	s.ok(s.CreatePerson(s.ctx, store.Person{ID: taro, Handle: "taro"}))
}

// consent lets a person agree to a channel.
func (s *stage) consent(person, channel string) {
	s.Helper()
	s.ok(s.PutGrant(s.ctx, store.Grant{PersonID: person, ChannelID: channel, Scopes: []string{"openid"}, ConsentedAt: start}))
}

// code, access and refresh make records of a person at a channel that live for
// 600, 1000 and 2000 seconds.
func code(n int, person, channel string) store.Code {
	return store.Code{
		ID: id(n), Hash: hash(n), Request: store.Request{ChannelID: channel},
		Who: store.Authentication{PersonID: person, Time: start}, ExpiresAt: after(600),
	}
}

func access(n int, person, channel string, refresh store.ID) store.AccessToken {
	return store.AccessToken{
		ID: id(n), Hash: hash(n), ChannelID: channel, PersonID: person, RefreshID: refresh,
		IssuedAt: start, ExpiresAt: after(1000),
	}
}

func refresh(n int, person, channel string) *store.RefreshToken {
	return &store.RefreshToken{
		ID: id(n), Hash: hash(n), ChannelID: channel, PersonID: person,
		IssuedAt: start, ExpiresAt: after(2000),
	}
}

// login gives a person, who must have agreed, an access token and a refresh token
// at a channel. The three records have the number n.
func (s *stage) login(n int, person, channel string) {
	s.Helper()
	s.ok(s.CreateCode(s.ctx, code(n, person, channel)))
	s.ok(s.RedeemCode(s.ctx, id(n), start, access(n, person, channel, id(n)), refresh(n, person, channel)))
}

// revoked notes that access token n does not stand as it should: cause is "" for
// one that is not revoked.
func (s *stage) revoked(n int, at time.Time, cause string) {
	s.Helper()
	t, err := s.AccessToken(s.ctx, id(n))
	if err != nil {
		s.Errorf("access token %d: %v", n, err)
	} else if !t.RevokedAt.Equal(at) || t.Cause != cause {
		s.Errorf("access token %d: revoked at %v for %q, want at %v for %q", n, t.RevokedAt, t.Cause, at, cause)
	}
}
