package login

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// SessionLife is how long an SSO session lives after the login that began it. LINE
// does not say; this is our choice.
const SessionLife = 30 * 24 * time.Hour

// secretText is the length of a secret of 32 bytes as text.
const secretText = 43

// Secret returns a new random secret of 256 bits and its hash.
func Secret() (string, store.Hash) { return SecretFrom(entropy.Source{}) }

// SecretFrom is Secret with the source of its random bytes.
func SecretFrom(random entropy.Source) (string, store.Hash) {
	var raw [32]byte
	random.Fill(raw[:])
	text := base64.RawURLEncoding.EncodeToString(raw[:])
	return text, sha256.Sum256([]byte(text))
}

// HashSecret returns the hash of what claims to be a secret of Secret; false if it
// cannot be one.
func HashSecret(text string) (store.Hash, bool) {
	if len(text) != secretText {
		return store.Hash{}, false
	}
	return sha256.Sum256([]byte(text)), true
}

// Session returns the live SSO session of the browser; store.ErrNotFound.
func (s *Service) Session(r *http.Request) (store.Session, error) {
	hash, ok := s.cookie(r)
	if !ok {
		return store.Session{}, store.ErrNotFound
	}
	return s.cfg.Store.Session(r.Context(), hash, s.cfg.Now().UTC())
}

// Begin starts an SSO session for who has just logged in and gives its cookie to the
// browser. A session that the browser had ends: a cookie that somebody planted before
// the login is worth nothing after it. ErrFailed if the person's password has changed since it
// was checked, or the person has gone.
func (s *Service) Begin(w http.ResponseWriter, r *http.Request, who Known) error {
	ctx := context.WithoutCancel(r.Context())
	if old, ok := s.cookie(r); ok {
		if err := s.cfg.Store.DeleteSession(ctx, old); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("end old session: %w", err)
		}
	}
	text, hash := SecretFrom(s.cfg.Random)
	err := s.cfg.Store.CreateSession(ctx, store.Session{
		Hash: hash, PersonID: who.PersonID, AuthTime: who.Time, ExpiresAt: s.cfg.Now().UTC().Add(SessionLife),
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrFailed
	}
	if err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	// In this order: whoever sets a password ends the sessions in the same step, so either the
	// new session has been ended, or the new password is seen here.
	if err := s.unchanged(ctx, who); err != nil {
		return errors.Join(err, s.cfg.Store.DeleteSession(ctx, hash))
	}
	SetCookie(w, r, s.cfg.CookieName, text, SessionLife)
	return nil
}

// unchanged is ErrFailed if the password that somebody has logged in by is none any more.
func (s *Service) unchanged(ctx context.Context, who Known) error {
	person, err := s.cfg.Store.Person(ctx, who.PersonID)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && person.PasswordHash != who.password:
		return ErrFailed
	case err != nil:
		return fmt.Errorf("person of the session: %w", err)
	}
	return nil
}

// SetCookie gives a cookie to the browser: HttpOnly, SameSite=Lax, for the whole host,
// Secure when the browser speaks https. A life of zero ends with the browser.
func SetCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: router.From(r.Context()).Base.Secure || strings.HasPrefix(name, "__Host-"),
	})
}

func (s *Service) cookie(r *http.Request) (store.Hash, bool) {
	c, err := r.Cookie(s.cfg.CookieName)
	if err != nil {
		return store.Hash{}, false
	}
	return HashSecret(c.Value)
}
