// Package sqlite is the store engine in one file on this machine's disk: the default of
// a single node, without any server beside it.
//
// It owns the file: that it is ours, that nobody else can read it, that one process
// writes it, and that what was acknowledged is on the disk. What the verbs do is
// package sqlstore's; what they mean is package store's.
//
// One goroutine writes. It takes all writes that are waiting, runs them in one
// transaction, each behind a savepoint, and answers them after COMMIT: so the sync of
// the disk, which takes most of the time, is shared, and no caller is told of something
// that a power cut could take back. Readers have connections of their own and never
// wait for the writer; they see what had been acknowledged when they began.
//
// One process may have the store open. Beside the file lies a lock, FILE-lock: an empty
// database that the process holds locked, and that the system frees when the process
// ends, however it ends. A second process is refused with ErrLocked. Other programs may
// read the file meanwhile, such as sqlite3 or a backup.
//
// No code of this process may open the file except through SQLite: closing any
// descriptor of it would drop SQLite's own locks. The file must be on a local disk:
// the shared memory of its journal does not work over a network.
package sqlite
