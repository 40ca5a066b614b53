package console

import (
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/store"
)

const (
	linkLife    = 24 * time.Hour
	maxLinkLife = 30 * 24 * time.Hour
)

// createLink makes the link by which a person sets a password. It is shown here once, and
// the store has its hash only.
func (a *API) createLink(r *http.Request, by operator) (any, error) {
	in, err := read[control.LinkRequest](r)
	if err != nil {
		return nil, err
	}
	life, err := lifetime(in.LifeSeconds, linkLife, maxLinkLife)
	if err != nil {
		return nil, err
	}
	p, err := a.person(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	secret, hash := login.Secret()
	l := store.PasswordLink{Hash: hash, PersonID: p.ID, CreatedAt: a.now(), ExpiresAt: a.now().Add(life)}
	if err := a.Store.CreatePasswordLink(r.Context(), l); err != nil {
		return nil, missing(err, "user", p.ID)
	}
	a.done(r, by, "link made to set a password", p.ID)
	return control.PasswordLink{UserID: p.ID, URL: a.PublicURL + control.PathPassword + secret, ExpiresAt: l.ExpiresAt}, nil
}

// lifetime reads how long something is to live; zero means usual.
func lifetime(seconds int64, usual, most time.Duration) (time.Duration, error) {
	if seconds == 0 {
		return usual, nil
	}
	if seconds < 60 || seconds > int64(most/time.Second) {
		return 0, bad("the lifetime is out of bounds", "give one minute to "+most.String()+", such as --expires 24h")
	}
	return time.Duration(seconds) * time.Second, nil
}
