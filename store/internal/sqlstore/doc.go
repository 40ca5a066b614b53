// Package sqlstore is what the engines of the store that speak SQL share: every verb of
// store.Store as one statement or one short transaction of portable SQL, and how records
// lie in columns. The statements of a kind of record stand at the head of the file that has
// its verbs, so that text, columns and meaning are read together.
//
// It leaves to an engine (store/sqlite, store/postgres) how statements are run: pools,
// commits, time-outs, retries, errors, locks, which stand behind database.Engine; the DDL,
// whose steps package migration applies; and the copying of all records (package carry).
//
// The statements are constants that run unchanged on all engines: placeholders $1, $2;
// INSERT … ON CONFLICT; RETURNING; WITH … AS MATERIALIZED. What differs is only how a
// SELECT locks its rows, which an engine says in database.Locks. Statements name their columns,
// also in INSERT: a column that a newer schema adds, with a default, does not disturb
// a program that does not know it. So a step that only adds tables, columns with a
// default, or indexes can be applied while older programs run (expand); what they still
// use goes one release later (contract).
package sqlstore
