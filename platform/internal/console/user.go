package console

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store"
)

// person returns somebody by ID, handle or e-mail address.
func (a *API) person(ctx context.Context, ref string) (store.Person, error) {
	p, err := a.Store.Person(ctx, ref)
	if errors.Is(err, store.ErrNotFound) {
		p, err = a.Store.PersonByLogin(ctx, ref)
	}
	return p, missing(err, "user", ref)
}

func shownUser(p store.Person) control.User {
	return control.User{
		ID: p.ID, Handle: p.Handle, Email: p.Email, EmailUnshared: p.EmailUnshared, Name: p.DisplayName, Picture: p.Picture,
		StatusMessage: p.StatusMessage, Language: p.Language, HasPassword: p.PasswordHash != "", CreatedAt: p.CreatedAt,
	}
}

func (a *API) listUsers(r *http.Request, _ operator) (any, error) {
	q := r.URL.Query()
	limit := maxPage
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxPage {
			return nil, bad("limit is not a number from 1 to 200", "give such a number, or leave it out")
		}
		limit = n
	}
	people, err := a.Store.PeopleAfter(r.Context(), q.Get("after"), limit)
	if err != nil {
		return nil, missing(err, "user", q.Get("after"))
	}
	out := control.Users{Users: []control.User{}}
	for _, p := range people {
		out.Users = append(out.Users, shownUser(p))
	}
	if len(people) == limit {
		out.Next = people[limit-1].ID
	}
	return out, nil
}

func (a *API) showUser(r *http.Request, _ operator) (any, error) {
	p, err := a.person(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return a.fullUser(r.Context(), p)
}

// fullUser adds the user IDs by which providers know the person.
func (a *API) fullUser(ctx context.Context, p store.Person) (control.User, error) {
	out := shownUser(p)
	providers, err := a.Store.Providers(ctx)
	if err != nil {
		return out, err
	}
	out.UserIDs = map[string]string{}
	for _, provider := range providers {
		id, err := a.Store.UserID(ctx, p.ID, provider.ID, "")
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.UserIDs[provider.ID] = id
	}
	return out, nil
}

func (a *API) createUser(r *http.Request, by operator) (any, error) {
	change, err := read[control.UserChange](r)
	if err != nil {
		return nil, err
	}
	if change.Name == nil {
		return nil, bad("a user needs a name", "give --name: apps that may see the profile show it")
	}
	p := store.Person{CreatedAt: a.now()}
	if err := applyUser(&p, change); err != nil {
		return nil, err
	}
	var raw [12]byte
	a.Random.Fill(raw[:])
	p.ID = "p-" + hex.EncodeToString(raw[:])
	if err := a.Store.CreatePerson(r.Context(), p); err != nil {
		return nil, taken(err)
	}
	a.done(r, by, "user made", p.ID)
	return shownUser(p), nil
}

// taken says that somebody has the handle or the address.
func taken(err error) error {
	if errors.Is(err, store.ErrExists) {
		return exists("another user has this handle or this e-mail address", "choose another one; tegata user show HANDLE-OR-ADDRESS shows who has it")
	}
	return err
}

func (a *API) updateUser(r *http.Request, by operator) (any, error) {
	change, err := read[control.UserChange](r)
	if err != nil {
		return nil, err
	}
	p, err := a.person(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := applyUser(&p, change); err != nil {
		return nil, err
	}
	if err := a.Store.UpdatePerson(r.Context(), p); err != nil {
		return nil, missing(taken(err), "user", p.ID)
	}
	a.done(r, by, "user changed", p.ID)
	return a.fullUser(r.Context(), p)
}

func applyUser(p *store.Person, change control.UserChange) error {
	if h := change.Handle; h != nil && *h != "" && !handle.MatchString(*h) {
		return bad("the handle is not of lower-case letters, digits, - and _", "give one such as hanako-2")
	}
	if e := change.Email; e != nil && *e != "" && !address(*e) {
		return bad("the e-mail address is none", "give one such as hanako@example.com")
	}
	if l := change.Language; l != nil && *l != "" && !languageTag.MatchString(*l) {
		return bad("the language is no language tag", "give one such as ja or zh-Hant")
	}
	if u := change.Picture; u != nil && strings.Contains(*u, "/") {
		if err := checkURL("picture", *u, false); err != nil {
			return err
		}
	}
	for _, err := range []error{
		text("handle", change.Handle, maxName, &p.Handle),
		text("e-mail address", change.Email, 320, &p.Email),
		named("name", change.Name, &p.DisplayName),
		text("picture", change.Picture, maxURL, &p.Picture),
		text("status message", change.StatusMessage, maxText, &p.StatusMessage),
		text("language", change.Language, maxName, &p.Language),
	} {
		if err != nil {
			return err
		}
	}
	if change.EmailUnshared != nil {
		p.EmailUnshared = *change.EmailUnshared
	}
	if p.Email == "" && p.Handle == "" {
		return bad("a user needs an e-mail address or a handle to log in by", "give --email or --handle")
	}
	return nil
}

// address says whether s can be an e-mail address: something, one @, something.
func address(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	return ok && local != "" && host != "" && !strings.ContainsAny(s, " \t\r\n<>,;\"\\") && !strings.Contains(host, "@")
}

// deleteUser first takes away what the person could log in by, then the consents with all
// that was issued from them, then the person.
func (a *API) deleteUser(r *http.Request, by operator) (any, error) {
	p, err := a.person(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if p.PasswordHash != "" {
		p.PasswordHash = ""
		if err := a.Store.UpdatePerson(r.Context(), p); err != nil {
			return nil, missing(err, "user", p.ID)
		}
	}
	if err := a.Store.EndSessions(r.Context(), p.ID); err != nil {
		return nil, err
	}
	n, err := a.Store.Withdraw(r.Context(), p.ID, "", a.now(), withdrawStep)
	if err != nil || n > 0 {
		return control.Deleted{Withdrawn: n}, err
	}
	err = a.Store.DeletePerson(r.Context(), p.ID)
	if errors.Is(err, store.ErrInUse) {
		return control.Deleted{}, nil // a login that was under way: one more step
	}
	if err != nil {
		return nil, missing(err, "user", p.ID)
	}
	a.done(r, by, "user removed", p.ID)
	return control.Deleted{Done: true}, nil
}

func (a *API) endSessions(r *http.Request, by operator) (any, error) {
	p, err := a.person(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := a.Store.EndSessions(r.Context(), p.ID); err != nil {
		return nil, err
	}
	a.done(r, by, "sessions ended", p.ID)
	return control.Deleted{Done: true}, nil
}
