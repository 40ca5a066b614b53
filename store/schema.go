package store

import "errors"

// The errors of an engine whose database has another schema than this program wants.
// Test with errors.Is.
var (
	// ErrSchemaNewer means that a newer program has changed the schema.
	ErrSchemaNewer = errors.New("the schema is newer than this program: run the newer release again, or restore a backup made before it")
	// ErrSchemaOther means that a step of the schema is not the one that this program
	// knows under its number.
	ErrSchemaOther = errors.New("the schema has been made by another program")
	// ErrSchemaPending means that steps of the schema are missing and may not be applied
	// here.
	ErrSchemaPending = errors.New("the schema lacks steps: run tegata migrate apply")
)

// Migration is one numbered step of an engine's schema.
type Migration struct {
	Number int // from 1 on, without gaps
	Name   string
	SQL    string // what is run, several statements
}
