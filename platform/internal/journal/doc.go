// Package journal writes the event log to the store in batches.
//
// Events have numbers in the order in which they are committed, so that a reader who goes on
// from the last one misses none. The price is that they are committed one after the other, on
// all nodes together. A Journal therefore writes what waits in one step, as many as came
// while the one before was written.
//
// What was done (a login, a token) waits until it is written. What was refused does not: a
// stranger may have as many requests refused as he likes, and must not slow down others. Of
// refusals so many a second are kept; the rest are counted and forgotten. They are still in
// the log of the process, at the level debug.
//
// It leaves to others: what an event says (package router), and how many are remembered (the
// store).
package journal
