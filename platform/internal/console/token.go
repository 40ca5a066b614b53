package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store"
)

const (
	// tokenPrefix makes admin tokens known to secret scanners, and keeps everything else
	// away from the store.
	tokenPrefix = "tgadm_"
	maxToken    = 128 // bytes

	maxTokenLife = 10 * 365 * 24 * time.Hour

	firstID   = "first"
	firstLife = 24 * time.Hour
)

// newToken returns a random admin token of 256 bits and its hash.
func newToken() (string, store.Hash) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	token := tokenPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	return token, sha256.Sum256([]byte(token))
}

// FirstToken makes the token for one use by which the first admin token is made, good for
// 24 hours. Unless again is set it makes none, and returns the empty string, where admin
// tokens are or one for one use has been made before; with it, one takes the place of the
// other.
func FirstToken(ctx context.Context, tokens store.AdminTokens, now time.Time, again bool) (string, time.Time, error) {
	all, err := tokens.AdminTokens(ctx)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("first admin token: %w", err)
	}
	old := false
	for _, t := range all {
		over := !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt)
		old = old || t.ID == firstID
		if !again && !over {
			return "", time.Time{}, nil
		}
	}
	token, hash := newToken()
	t := store.AdminToken{ID: firstID, Name: "first", Hash: hash, Once: true, CreatedAt: now, ExpiresAt: now.Add(firstLife)}
	if old {
		err = tokens.DeleteAdminToken(ctx, firstID, &t)
	} else {
		err = tokens.CreateAdminToken(ctx, t)
	}
	switch {
	case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrNotFound):
		return "", time.Time{}, nil // another node was faster, and has printed its own
	case err != nil:
		return "", time.Time{}, fmt.Errorf("first admin token: %w", err)
	}
	return token, t.ExpiresAt, nil
}

func (a *API) shownToken(t store.AdminToken) control.AdminToken {
	return control.AdminToken{
		ID: t.ID, Name: t.Name, Once: t.Once, CreatedAt: t.CreatedAt, ExpiresAt: moment(t.ExpiresAt),
		Expired: !t.ExpiresAt.IsZero() && !a.now().Before(t.ExpiresAt),
	}
}

func (a *API) listTokens(r *http.Request, _ operator) (any, error) {
	all, err := a.Store.AdminTokens(r.Context())
	if err != nil {
		return nil, err
	}
	out := control.AdminTokens{Tokens: []control.AdminToken{}}
	for _, t := range all {
		out.Tokens = append(out.Tokens, a.shownToken(t))
	}
	return out, nil
}

// createToken makes an admin token. One for one use is burned in the same step.
func (a *API) createToken(r *http.Request, by operator) (any, error) {
	in, err := read[control.AdminTokenRequest](r)
	if err != nil {
		return nil, err
	}
	t := store.AdminToken{CreatedAt: a.now()}
	if err := named("name", &in.Name, &t.Name); err != nil {
		return nil, bad("an admin token needs a name of at most 100 characters", "give --name: who or what uses it")
	}
	life, err := lifetime(in.LifeSeconds, 0, maxTokenLife)
	if err != nil {
		return nil, err
	}
	if life > 0 {
		t.ExpiresAt = t.CreatedAt.Add(life)
	}
	var id [4]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	token, hash := newToken()
	t.ID, t.Hash = hex.EncodeToString(id[:]), hash
	if by.once {
		err = a.Store.DeleteAdminToken(r.Context(), by.id, &t)
	} else {
		err = a.Store.CreateAdminToken(r.Context(), t)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, badToken()
	}
	if err != nil {
		return nil, err
	}
	a.done(r, by, "admin token made", t.ID)
	out := a.shownToken(t)
	out.Token = token
	return out, nil
}

func (a *API) deleteToken(r *http.Request, by operator) (any, error) {
	id := r.PathValue("id")
	err := a.Store.DeleteAdminToken(r.Context(), id, nil)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("admin token", id, "tegata admin token list shows all")
	}
	if err != nil {
		return nil, err
	}
	a.done(r, by, "admin token revoked", id)
	return control.Deleted{Done: true}, nil
}
