package sqlite

import "github.com/tegata-id/tegata/store/internal/sqlstore"

// WithBatch is c with at most n writes in a commit.
func WithBatch(c Config, n int) Config {
	c.maxBatch = n
	return c
}

// WithEngine is c with wrap between the verbs and the engine.
func WithEngine(c Config, wrap func(sqlstore.Engine) sqlstore.Engine) Config {
	c.wrap = wrap
	return c
}
