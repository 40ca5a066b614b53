package console

import (
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/store"
)

// maxGrace is the longest that an old channel secret stays good.
const maxGrace = 30 * 24 * time.Hour

// newSecret returns a random channel secret: 32 hexadecimal digits, LINE's form.
func (a *API) newSecret() string {
	var raw [16]byte
	a.Random.Fill(raw[:])
	return hex.EncodeToString(raw[:])
}

// rotateSecret gives a channel a new secret. The one before it stays good for a while, so
// that servers can change over; older ones end.
func (a *API) rotateSecret(r *http.Request, by operator) (any, error) {
	in, err := read[control.SecretRotation](r)
	if err != nil {
		return nil, err
	}
	grace := time.Duration(in.GraceSeconds) * time.Second
	if in.GraceSeconds < 0 || in.GraceSeconds > int64(maxGrace/time.Second) {
		return nil, bad("the grace period is out of bounds", "give 0 to 30 days, such as --grace 24h")
	}
	c, err := a.channel(r)
	if err != nil {
		return nil, err
	}
	secret, now := a.newSecret(), a.now()
	sealed, err := a.Issue.SealSecret(c.ID, secret)
	if err != nil {
		return nil, err
	}
	out := control.NewSecret{ChannelID: c.ID, ChannelSecret: secret}
	old := slices.DeleteFunc(c.Secrets, func(s store.ChannelSecret) bool { return !s.ExpiresAt.IsZero() && !now.Before(s.ExpiresAt) })
	c.Secrets = []store.ChannelSecret{{Sealed: sealed, CreatedAt: now}}
	if len(old) > 0 && grace > 0 {
		last, until := old[0], now.Add(grace)
		if last.ExpiresAt.IsZero() || until.Before(last.ExpiresAt) {
			last.ExpiresAt = until
		}
		c.Secrets = append(c.Secrets, last)
		out.OldUntil = moment(last.ExpiresAt)
	}
	if err := a.Store.UpdateChannel(r.Context(), c); err != nil {
		return nil, missing(err, "channel", c.ID)
	}
	a.done(r, by, "channel secret rotated", c.ID)
	return out, nil
}
