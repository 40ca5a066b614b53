// Package postgres is the store engine on a PostgreSQL server: several nodes that keep
// nothing themselves are one platform.
//
// It owns the pool of connections, the time-outs, what is tried again and what an error
// means. What the verbs do is package sqlstore's; what they mean is package store's.
//
// Transactions are READ COMMITTED. What must not change under a verb is locked by it as
// a row, in the order that sqlstore.Locks gives, so no verb depends on an isolation that
// the operator could set otherwise, and engines that speak PostgreSQL's protocol can
// take its place. The schema is changed under an advisory lock, so that of many nodes
// that start at once one does it.
//
// A verb is tried again only when the server has certainly undone it: a serialization
// failure, a deadlock, or a connection that was lost before COMMIT was sent. If the
// connection is lost after that, nobody knows what the server did: store.ErrUnknown.
//
// The caller's context bounds the wait for a connection. What has begun comes to its end
// or to the time-outs of Config: a browser that goes away does not cost a connection.
package postgres
