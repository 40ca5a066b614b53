// Package migration applies the numbered steps that make the schema of an engine of the
// store that speaks SQL, and says which are missing. It leaves to the engines
// (store/sqlite, store/postgres) the steps themselves and how one process at a time gets
// to apply them.
package migration
