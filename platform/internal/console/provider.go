package console

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store"
)

// newDigits returns a random number of ten digits, as LINE's IDs of providers and
// channels are.
func (a *API) newDigits() string {
	const count = 8_000_000_000
	for {
		var raw [8]byte
		a.Random.Fill(raw[:])
		// Below the largest multiple of count every number is as likely.
		if n := binary.BigEndian.Uint64(raw[:]); n < 1<<63/count*count {
			return fmt.Sprint(n%count + 2_000_000_000)
		}
	}
}

// tries is how often a random ID is drawn anew when it is taken.
const tries = 8

// withID calls create with the ID that was given, or with random ones until one is free.
func withID(given *string, what string, random func() string, create func(id string) error) error {
	if given != nil {
		if !digits.MatchString(*given) {
			return bad(fmt.Sprintf("%s ID %q is not a number", what, clip(*given)), "give 1 to 20 digits, or none to get a free one")
		}
		err := create(*given)
		if errors.Is(err, store.ErrExists) {
			return exists(fmt.Sprintf("there is a %s %s already", what, *given), "leave the ID out to get a free one")
		}
		return err
	}
	err := store.ErrExists
	for n := 0; n < tries && errors.Is(err, store.ErrExists); n++ {
		err = create(random())
	}
	return err
}

func (a *API) provider(ctx context.Context, id string) (store.Provider, error) {
	all, err := a.Store.Providers(ctx)
	if err != nil {
		return store.Provider{}, err
	}
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	return store.Provider{}, notFound("provider", id, "tegata provider list shows all")
}

func shownProvider(p store.Provider) control.Provider {
	return control.Provider{ProviderID: p.ID, Name: p.Name}
}

func (a *API) listProviders(r *http.Request, _ operator) (any, error) {
	all, err := a.Store.Providers(r.Context())
	if err != nil {
		return nil, err
	}
	out := control.Providers{Providers: []control.Provider{}}
	for _, p := range all {
		out.Providers = append(out.Providers, shownProvider(p))
	}
	return out, nil
}

func (a *API) createProvider(r *http.Request, by operator) (any, error) {
	c, err := read[control.ProviderChange](r)
	if err != nil {
		return nil, err
	}
	if c.Name == nil {
		return nil, bad("a provider needs a name", "give --name: the company or person that owns the channels")
	}
	var p store.Provider
	if err := named("name", c.Name, &p.Name); err != nil {
		return nil, err
	}
	err = withID(c.ProviderID, "provider", a.newDigits, func(id string) error {
		p.ID = id
		return a.Store.CreateProvider(r.Context(), p)
	})
	if err != nil {
		return nil, err
	}
	a.done(r, by, "provider made", p.ID)
	return shownProvider(p), nil
}

func (a *API) showProvider(r *http.Request, _ operator) (any, error) {
	p, err := a.provider(r.Context(), r.PathValue("id"))
	return shownProvider(p), err
}

func (a *API) updateProvider(r *http.Request, by operator) (any, error) {
	c, err := read[control.ProviderChange](r)
	if err != nil {
		return nil, err
	}
	p, err := a.provider(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if c.ProviderID != nil && *c.ProviderID != p.ID {
		return nil, bad("the ID of a provider does not change", "make a new provider")
	}
	if err := named("name", c.Name, &p.Name); err != nil {
		return nil, err
	}
	if err := a.Store.UpdateProvider(r.Context(), p); err != nil {
		return nil, missing(err, "provider", p.ID)
	}
	a.done(r, by, "provider changed", p.ID)
	return shownProvider(p), nil
}

func (a *API) deleteProvider(r *http.Request, by operator) (any, error) {
	id := r.PathValue("id")
	err := a.Store.DeleteProvider(r.Context(), id)
	if errors.Is(err, store.ErrInUse) {
		return nil, fault(http.StatusConflict, "in_use", "the provider still has channels", "delete them first: tegata channel list --provider "+clip(id))
	}
	if err != nil {
		return nil, missing(err, "provider", id)
	}
	a.done(r, by, "provider removed", id)
	return control.Deleted{Done: true}, nil
}

// missing turns ErrNotFound into words.
func missing(err error, what, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound(what, id, "tegata "+command(what)+" list shows all")
	}
	return err
}

// command is the noun of the command line.
func command(what string) string {
	if what == "LIFF app" {
		return "liff"
	}
	return what
}
