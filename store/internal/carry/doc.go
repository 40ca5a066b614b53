// Package carry copies all records of the store from one engine that speaks SQL to another,
// and counts and weighs them, so that two stores can be compared.
//
// It knows the columns of every kind of record and what refers to what; what a record means
// is left to the verbs (package sqlstore), and how a database is reached to the engines.
package carry
