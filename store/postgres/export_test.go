package postgres

import "github.com/tegata-id/tegata/store/internal/sqlstore"

// WithEngine is c with wrap between the verbs and the engine.
func WithEngine(c Config, wrap func(sqlstore.Engine) sqlstore.Engine) Config {
	c.wrap = wrap
	return c
}
