// Package storage is the commands that treat a store as a whole: migrate, backup, restore
// and store copy. It owns which store they mean, what they print and how they fail. What
// they do to the records is left to package store and its engines.
package storage
