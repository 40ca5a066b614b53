// Package metric counts what the platform does, for Prometheus: answers by route, what is
// issued and refused, how long the store takes, the queue of password hashes, and the
// sweep. It has a registry of its own, so that two platforms in one process do not meet.
//
// No label holds anything of a user or a client: routes are patterns, reasons are error
// codes, verbs are names of methods.
package metric
