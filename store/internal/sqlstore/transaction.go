package sqlstore

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	transactionColumns = `hash, browser, request, person_id, amr, auth_time, created_at, expires_at`
	addTransaction     = `INSERT INTO login_transactions (` + transactionColumns + `, used)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE) ON CONFLICT DO NOTHING`
	oneTransaction = `SELECT used, ` + transactionColumns + ` FROM login_transactions WHERE hash = $1 AND expires_at > $2`
	authenticate   = `UPDATE login_transactions SET person_id = $3, amr = $4, auth_time = $5
		WHERE hash = $1 AND expires_at > $2 AND NOT used`
	finish          = `UPDATE login_transactions SET used = TRUE WHERE hash = $1 AND expires_at > $2 AND NOT used`
	dropTransaction = `DELETE FROM login_transactions WHERE hash = $1 AND person_id = ''`
)

// requestRow is how an authorization request is kept.
type requestRow struct {
	ChannelID           string        `json:"channel_id"`
	LIFFID              string        `json:"liff_id"`
	Native              bool          `json:"native"`
	RedirectURI         string        `json:"redirect_uri"`
	ResponseMode        string        `json:"response_mode"`
	Scopes              []string      `json:"scopes"`
	State               string        `json:"state"`
	Nonce               string        `json:"nonce"`
	Challenge           string        `json:"challenge"`
	Prompt              string        `json:"prompt"`
	HasMaxAge           bool          `json:"has_max_age"`
	MaxAge              time.Duration `json:"max_age_ns"`
	UILocales           string        `json:"ui_locales"`
	BotPrompt           string        `json:"bot_prompt"`
	InitialAMR          string        `json:"initial_amr"`
	KeepAMR             bool          `json:"keep_amr"`
	DisableAutoLogin    bool          `json:"disable_auto_login"`
	OptionalRedirectURI string        `json:"optional_redirect_uri"`
}

// CreateTransaction implements store.Logins.
func (s *Store) CreateTransaction(ctx context.Context, t store.Transaction) error {
	return s.create(
		ctx, addTransaction, t.Hash[:], t.Browser[:], doc(requestRow(t.Request)), t.Who.PersonID, doc(t.Who.AMR),
		micros(t.Who.Time), micros(t.CreatedAt), ends(t.ExpiresAt),
	)
}

// transactionRow is a login transaction and whether it is burned.
type transactionRow struct {
	store.Transaction
	used bool
}

func readTransaction(row scan) (transactionRow, error) {
	var t transactionRow
	var request requestRow
	err := row(
		&t.used, fixed(t.Hash[:]), fixed(t.Browser[:]), doc(&request), &t.Who.PersonID, doc(&t.Who.AMR),
		when{&t.Who.Time}, when{&t.CreatedAt}, until{&t.ExpiresAt},
	)
	t.Request = store.Request(request)
	return t, err
}

// Transaction implements store.Logins.
func (s *Store) Transaction(ctx context.Context, hash store.Hash, now time.Time) (store.Transaction, error) {
	t, err := get(ctx, s, readTransaction, oneTransaction, hash[:], micros(now))
	if err == nil && t.used {
		return store.Transaction{}, store.ErrUsed
	}
	return t.Transaction, err
}

// AuthenticateTransaction implements store.Logins.
func (s *Store) AuthenticateTransaction(ctx context.Context, hash store.Hash, now time.Time, a store.Authentication) error {
	return s.engine.Change(ctx, func(c conn) error {
		ok, err := touches(c, authenticate, hash[:], micros(now), a.PersonID, doc(a.AMR), micros(a.Time))
		if err != nil || ok {
			return err
		}
		return transactionOver(c, hash, now)
	})
}

// transactionOver says why a login transaction was not there to be changed.
func transactionOver(c conn, hash store.Hash, now time.Time) error {
	_, err := one(c, readTransaction, oneTransaction, hash[:], micros(now))
	if err == nil {
		err = store.ErrUsed
	}
	return err
}

// FinishTransaction implements store.Logins.
func (s *Store) FinishTransaction(ctx context.Context, hash store.Hash, now time.Time, code *store.Code) error {
	burn := func(c conn) error {
		ok, err := touches(c, finish, hash[:], micros(now))
		if err != nil || ok {
			return err
		}
		return transactionOver(c, hash, now)
	}
	if code == nil {
		return s.engine.Change(ctx, burn)
	}
	return s.engine.Transact(ctx, func(c conn) error {
		if err := burn(c); err != nil {
			return err
		}
		return add(c, addCode, codeRow(*code)...)
	})
}

// DropTransaction implements store.Logins.
func (s *Store) DropTransaction(ctx context.Context, hash store.Hash) error {
	return s.engine.Change(ctx, func(c conn) error {
		_, err := touches(c, dropTransaction, hash[:])
		return err
	})
}
