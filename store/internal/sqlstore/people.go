package sqlstore

import (
	"context"
	"errors"
	"strings"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

const (
	// email_key is the address in lower case, by which it is unique and found.
	personColumns = `id, handle, email, email_key, email_unshared, password_hash, display_name, picture, status_message,
		language, note, profile_plus, created_at, version`
	addPerson = `INSERT INTO persons (` + personColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`
	onePerson      = `SELECT ` + personColumns + ` FROM persons WHERE id = $1`
	personByEmail  = `SELECT ` + personColumns + ` FROM persons WHERE email_key = $1 AND email_key <> ''`
	personByHandle = `SELECT ` + personColumns + ` FROM persons WHERE handle = $1 AND handle <> ''`
	allPersons     = `SELECT ` + personColumns + ` FROM persons ORDER BY made`
	personExists   = `SELECT 1 FROM persons WHERE id = $1`
	// $14 is the version that the record gets.
	updatePerson = `UPDATE persons SET handle = $2, email = $3, email_key = $4, email_unshared = $5, password_hash = $6,
		display_name = $7, picture = $8, status_message = $9, language = $10, note = $11, profile_plus = $12,
		created_at = $13, version = $14
		WHERE id = $1 AND version = $14 - 1`

	friendship = `SELECT status FROM friendships WHERE person_id = $1 AND bot_id = $2`
	// The update changes nothing: it locks the row and gives what is in it.
	lockFriendship = `INSERT INTO friendships (person_id, bot_id, status) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, bot_id) DO UPDATE SET person_id = excluded.person_id
		RETURNING status`
	setFriendship = `UPDATE friendships SET status = $3 WHERE person_id = $1 AND bot_id = $2`

	oneUserID = `SELECT user_id FROM user_ids WHERE person_id = $1 AND provider_id = $2`
	addUserID = `INSERT INTO user_ids (provider_id, user_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	personOf  = `SELECT person_id FROM user_ids WHERE provider_id = $1 AND user_id = $2`
)

// CreatePerson implements store.People.
func (s *Store) CreatePerson(ctx context.Context, p store.Person) error {
	return s.create(ctx, addPerson, personRow(p, 1)...)
}

// Person implements store.People.
func (s *Store) Person(ctx context.Context, id string) (store.Person, error) {
	return get(ctx, s, readPerson, onePerson, id)
}

// PersonByLogin implements store.People.
func (s *Store) PersonByLogin(ctx context.Context, emailOrHandle string) (store.Person, error) {
	p, err := get(ctx, s, readPerson, personByEmail, strings.ToLower(emailOrHandle))
	if errors.Is(err, store.ErrNotFound) {
		return get(ctx, s, readPerson, personByHandle, emailOrHandle)
	}
	return p, err
}

// People implements store.People.
func (s *Store) People(ctx context.Context) ([]store.Person, error) {
	return list(ctx, s, readPerson, allPersons)
}

// UpdatePerson implements store.People.
func (s *Store) UpdatePerson(ctx context.Context, p store.Person) error {
	return s.engine.Change(ctx, func(c conn) error {
		ok, err := touches(c, updatePerson, personRow(p, p.Version+1)...)
		switch {
		case err != nil && s.engine.Taken(err):
			return store.ErrExists
		case err != nil || ok:
			return err
		}
		return outdated(c, personExists, p.ID)
	})
}

// Friendship implements store.People.
func (s *Store) Friendship(ctx context.Context, personID, botID string) (store.Friendship, error) {
	f, err := get(ctx, s, readFriendship, friendship, personID, botID)
	if errors.Is(err, store.ErrNotFound) {
		return store.NotFriend, nil
	}
	return f, err
}

func readFriendship(row scan) (f store.Friendship, err error) {
	err = row(small[store.Friendship]{&f})
	return f, err
}

// SetFriendship implements store.People.
func (s *Store) SetFriendship(ctx context.Context, personID, botID string, f store.Friendship) (store.Friendship, error) {
	if !database.Keepable(personID, botID) {
		return store.NotFriend, database.ErrText
	}
	var before store.Friendship
	err := s.engine.Transact(ctx, func(c conn) (err error) {
		before, err = one(c, readFriendship, lockFriendship, personID, botID, int64(store.NotFriend))
		if err != nil {
			return err
		}
		_, err = touches(c, setFriendship, personID, botID, int64(f))
		return err
	})
	if err != nil {
		return store.NotFriend, err
	}
	return before, nil
}

// UserID implements store.Identities.
func (s *Store) UserID(ctx context.Context, personID, providerID, candidate string) (string, error) {
	userID, err := get(ctx, s, word, oneUserID, personID, providerID)
	if candidate == "" || !errors.Is(err, store.ErrNotFound) {
		return userID, err
	}
	err = s.engine.Change(ctx, func(c conn) error {
		userID = candidate
		err := add(c, addUserID, providerID, candidate, personID)
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		// Somebody was faster, or the candidate is another person's.
		userID, err = one(c, word, oneUserID, personID, providerID)
		if errors.Is(err, store.ErrNotFound) {
			return store.ErrExists
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return userID, nil
}

// PersonOf implements store.Identities.
func (s *Store) PersonOf(ctx context.Context, providerID, userID string) (string, error) {
	return get(ctx, s, word, personOf, providerID, userID)
}

// profileRow is how LINE Profile+ is kept.
type profileRow struct {
	GivenName               string      `json:"given_name"`
	GivenNamePronunciation  string      `json:"given_name_pronunciation"`
	MiddleName              string      `json:"middle_name"`
	FamilyName              string      `json:"family_name"`
	FamilyNamePronunciation string      `json:"family_name_pronunciation"`
	Gender                  string      `json:"gender"`
	Birthdate               string      `json:"birthdate"`
	PhoneNumber             string      `json:"phone_number"`
	Address                 *addressRow `json:"address"`
}

// addressRow is how an address is kept.
type addressRow struct {
	PostalCode    string `json:"postal_code"`
	Region        string `json:"region"`
	Locality      string `json:"locality"`
	StreetAddress string `json:"street_address"`
	Country       string `json:"country"`
}

// personRow gives the columns of a person.
func personRow(p store.Person, version int64) []any {
	plus := p.ProfilePlus
	return []any{
		p.ID, p.Handle, p.Email, strings.ToLower(p.Email), p.EmailUnshared, p.PasswordHash, p.DisplayName, p.Picture,
		p.StatusMessage, p.Language, p.Note, doc(profileRow{
			plus.GivenName, plus.GivenNamePronunciation, plus.MiddleName, plus.FamilyName, plus.FamilyNamePronunciation,
			plus.Gender, plus.Birthdate, plus.PhoneNumber, (*addressRow)(plus.Address),
		}), micros(p.CreatedAt), version,
	}
}

func readPerson(row scan) (store.Person, error) {
	var p store.Person
	var plus profileRow
	var key string
	err := row(
		&p.ID, &p.Handle, &p.Email, &key, &p.EmailUnshared, &p.PasswordHash, &p.DisplayName, &p.Picture,
		&p.StatusMessage, &p.Language, &p.Note, doc(&plus), when{&p.CreatedAt}, &p.Version,
	)
	p.ProfilePlus = store.ProfilePlus{
		GivenName: plus.GivenName, GivenNamePronunciation: plus.GivenNamePronunciation, MiddleName: plus.MiddleName,
		FamilyName: plus.FamilyName, FamilyNamePronunciation: plus.FamilyNamePronunciation, Gender: plus.Gender,
		Birthdate: plus.Birthdate, PhoneNumber: plus.PhoneNumber, Address: (*store.Address)(plus.Address),
	}
	return p, err
}
