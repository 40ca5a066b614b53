// Package database is what stands between the statements of the store and an engine that
// runs them: connections, rows, row locks, and which text every engine can keep.
//
// It leaves to the engines (store/sqlite, store/postgres) pools, commits, time-outs, retries
// and errors, and to the packages that speak SQL (sqlstore, carry, migration) what they say.
package database
