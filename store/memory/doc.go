// Package memory is the store engine that keeps everything in this process and
// forgets it at the end: the engine of tests and of development without a file.
//
// It owns the maps, their locks and the order in which expired records are found.
// What the verbs mean is said in package store; that this engine keeps to it is
// proved by package storetest. Nothing here waits for anything but a lock, so
// contexts are accepted and not looked at.
//
// Records that are used together lie behind one lock, so that every verb is one
// critical section: the directory, people, sessions, what is issued to users
// (login transactions, consents, codes, tokens), channel access tokens, the key
// ring, events. No method holds two of the locks at once.
package memory
