package memory

import (
	"maps"
	"slices"

	"github.com/tegata-id/tegata/store"
)

// The functions of this file give a record that shares no slice, map or pointer
// with the one they get. They are called on the way in and on the way out.

func copyChannel(c store.Channel) store.Channel {
	c.Secrets = slices.Clone(c.Secrets)
	for i := range c.Secrets {
		c.Secrets[i].Sealed = slices.Clone(c.Secrets[i].Sealed)
	}
	lists(&c.NativeApps, &c.Callbacks, &c.Scopes)
	c.Roles = maps.Clone(c.Roles)
	if c.Bot != nil {
		bot := *c.Bot
		c.Bot = &bot
	}
	c.AssertionKeys = slices.Clone(c.AssertionKeys)
	for i := range c.AssertionKeys {
		c.AssertionKeys[i].JWK = slices.Clone(c.AssertionKeys[i].JWK)
	}
	return c
}

// lists copies three lists with one allocation. Each copy ends where it is full,
// so that appending to one does not write into the next.
func lists(a, b, c *[]string) {
	size := len(*a) + len(*b) + len(*c)
	if size == 0 {
		return
	}
	all := make([]string, 0, size)
	for _, l := range []*[]string{a, b, c} {
		if len(*l) == 0 {
			continue
		}
		from := len(all)
		all = append(all, *l...)
		*l = all[from:len(all):len(all)]
	}
}

func copyLIFFApp(a store.LIFFApp) store.LIFFApp {
	a.ServedOrigins = slices.Clone(a.ServedOrigins)
	a.Scopes = slices.Clone(a.Scopes)
	return a
}

func copyPerson(p store.Person) store.Person {
	if p.ProfilePlus.Address != nil {
		address := *p.ProfilePlus.Address
		p.ProfilePlus.Address = &address
	}
	return p
}

func copyTransaction(t store.Transaction) store.Transaction {
	t.Request.Scopes = slices.Clone(t.Request.Scopes)
	t.Who.AMR = slices.Clone(t.Who.AMR)
	return t
}

func copyGrant(g store.Grant) store.Grant {
	g.Scopes = slices.Clone(g.Scopes)
	return g
}

func copyCode(c store.Code) store.Code {
	c.Request.Scopes = slices.Clone(c.Request.Scopes)
	c.Who.AMR = slices.Clone(c.Who.AMR)
	c.Scopes = slices.Clone(c.Scopes)
	return c
}

func copyKeys(keys []store.Key) []store.Key {
	keys = slices.Clone(keys)
	for i := range keys {
		keys[i].Sealed = slices.Clone(keys[i].Sealed)
	}
	return keys
}
