// Package store says what the platform remembers: records, the verbs that change
// them, and the errors of those verbs. It holds no engine; engines live in
// store/memory and beside it, and each passes the suite in store/storetest.
//
// Every method is one protocol step and is atomic: of two callers that race for
// something that may be used once, one wins and the other gets ErrUsed or
// ErrNotFound. An error means that nothing was changed; the one that does not is
// ErrUnknown. Methods may be called from many goroutines. Records are values: a caller
// may change what it got, and an engine keeps no reference to what it was given. An
// empty list may come back nil.
// A verb that adds a record answers ErrExists if its key is taken, also where this
// is not said.
//
// Tokens, codes and session identifiers are kept as SHA-256 hashes only. Channel
// secrets and keys arrive sealed; engines see ciphertext. Times come back in UTC,
// precise to the second at least, and without a monotonic reading; the zero time
// means never. The store has no clock: whoever calls says what time it is. What has
// an ExpiresAt is live while now is before it, and no longer at that second.
package store
