package sqlstore

import (
	"context"

	"github.com/tegata-id/tegata/store"
)

const (
	addProvider    = `INSERT INTO providers (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	allProviders   = `SELECT id, name FROM providers ORDER BY id`
	providerExists = `SELECT 1 FROM providers WHERE id = $1`

	channelColumns = `id, provider_id, name, description, secrets, web, mobile, native_apps, callbacks, status, roles,
		scopes, bot, id_token_alg, second_factor, assertion_keys, privacy_url, terms_url, created_at, version`
	addChannel = `INSERT INTO channels (` + channelColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT DO NOTHING`
	oneChannel    = `SELECT ` + channelColumns + ` FROM channels WHERE id = $1`
	allChannels   = `SELECT ` + channelColumns + ` FROM channels ORDER BY id`
	channelExists = `SELECT 1 FROM channels WHERE id = $1`
	// $20 is the version that the record gets.
	updateChannel = `UPDATE channels SET provider_id = $2, name = $3, description = $4, secrets = $5, web = $6,
		mobile = $7, native_apps = $8, callbacks = $9, status = $10, roles = $11, scopes = $12, bot = $13,
		id_token_alg = $14, second_factor = $15, assertion_keys = $16, privacy_url = $17, terms_url = $18,
		created_at = $19, version = $20
		WHERE id = $1 AND version = $20 - 1`
)

// CreateProvider implements store.Directory.
func (s *Store) CreateProvider(ctx context.Context, p store.Provider) error {
	return s.create(ctx, addProvider, p.ID, p.Name)
}

// Providers implements store.Directory.
func (s *Store) Providers(ctx context.Context) ([]store.Provider, error) {
	return list(ctx, s, readProvider, allProviders)
}

func readProvider(row scan) (p store.Provider, err error) {
	err = row(&p.ID, &p.Name)
	return p, err
}

// CreateChannel implements store.Directory.
func (s *Store) CreateChannel(ctx context.Context, c store.Channel) error {
	return s.engine.Transact(ctx, func(db conn) error {
		if ok, err := there(db, providerExists+s.locks.Stay, c.ProviderID); err != nil || !ok {
			return missing(err)
		}
		return add(db, addChannel, channelRow(c, 1)...)
	})
}

// missing is the error of a question that was answered with no, or could not be asked.
func missing(err error) error {
	if err != nil {
		return err
	}
	return store.ErrNotFound
}

// Channel implements store.Directory.
func (s *Store) Channel(ctx context.Context, id string) (store.Channel, error) {
	return get(ctx, s, readChannel, oneChannel, id)
}

// Channels implements store.Directory.
func (s *Store) Channels(ctx context.Context) ([]store.Channel, error) {
	return list(ctx, s, readChannel, allChannels)
}

// UpdateChannel implements store.Directory.
func (s *Store) UpdateChannel(ctx context.Context, c store.Channel) error {
	return s.engine.Transact(ctx, func(db conn) error {
		if ok, err := there(db, providerExists+s.locks.Stay, c.ProviderID); err != nil || !ok {
			return missing(err)
		}
		ok, err := touches(db, updateChannel, channelRow(c, c.Version+1)...)
		if err != nil || ok {
			return err
		}
		return outdated(db, channelExists, c.ID)
	})
}

// secretRow is how a channel secret is kept.
type secretRow struct {
	Sealed    []byte `json:"sealed"`
	CreatedAt int64  `json:"created_at"`
	ExpiresAt int64  `json:"expires_at"`
}

// botRow is how an official account is kept.
type botRow struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// assertionKeyRow is how an assertion key is kept.
type assertionKeyRow struct {
	KeyID string `json:"kid"`
	JWK   []byte `json:"jwk"`
}

// channelRow gives the columns of a channel.
func channelRow(c store.Channel, version int64) []any {
	secrets := make([]secretRow, len(c.Secrets))
	for i, r := range c.Secrets {
		secrets[i] = secretRow{r.Sealed, micros(r.CreatedAt), micros(r.ExpiresAt)}
	}
	keys := make([]assertionKeyRow, len(c.AssertionKeys))
	for i, r := range c.AssertionKeys {
		keys[i] = assertionKeyRow(r)
	}
	return []any{
		c.ID, c.ProviderID, c.Name, c.Description, doc(secrets), c.Web, c.Mobile, doc(c.NativeApps),
		doc(c.Callbacks), int64(c.Status), doc(c.Roles), doc(c.Scopes), doc((*botRow)(c.Bot)), c.IDTokenAlg,
		c.RequireSecondFactor, doc(keys), c.PrivacyURL, c.TermsURL, micros(c.CreatedAt), version,
	}
}

func readChannel(row scan) (store.Channel, error) {
	var c store.Channel
	var secrets []secretRow
	var keys []assertionKeyRow
	var bot *botRow
	err := row(
		&c.ID, &c.ProviderID, &c.Name, &c.Description, doc(&secrets), &c.Web, &c.Mobile, doc(&c.NativeApps),
		doc(&c.Callbacks), small[store.ChannelStatus]{&c.Status}, doc(&c.Roles), doc(&c.Scopes), doc(&bot), &c.IDTokenAlg,
		&c.RequireSecondFactor, doc(&keys), &c.PrivacyURL, &c.TermsURL, when{&c.CreatedAt}, &c.Version,
	)
	for _, r := range secrets {
		c.Secrets = append(c.Secrets, store.ChannelSecret{Sealed: r.Sealed, CreatedAt: moment(r.CreatedAt), ExpiresAt: moment(r.ExpiresAt)})
	}
	for _, r := range keys {
		c.AssertionKeys = append(c.AssertionKeys, store.AssertionKey(r))
	}
	c.Bot = (*store.Bot)(bot)
	return c, err
}
