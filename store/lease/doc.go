// Package lease keeps access tokens in the memory of a node that shares its store with
// other nodes, so that verifying one that is asked for again costs no round trip, and
// still refuses each from the moment at which its revocation has been answered.
//
// The rule. A node answers from memory only while it holds a lease, and has one for Length
// from the moment at which it asked for the log of revocations, if that was answered. Whoever
// revokes first commits, which puts the revocation into the log, and then waits Length and
// the time that asking may take before it answers. A node that asked before the commit has
// lost its lease by then, and one that asked after it has forgotten the token: so no request
// that begins after the answer finds the token alive, also on a node that is cut off,
// stopped, or has a wrong clock. Without a lease every read goes to the store, and fails if
// that cannot be reached.
//
// A node whose lease has ended keeps what it knows for some seconds more, without using it. If
// it then finds the log complete since its last look, and its own last entry in it, it catches
// up and goes on; if not, it forgets everything. So a database that stalls for a moment is not asked for everything by
// every node when it comes back.
//
// The engine must put revocations into the log in the order in which they commit, with numbers
// that have no holes, and sweep them from the lowest on. Everything
// but access tokens is read from the store each time.
package lease
