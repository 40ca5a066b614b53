// Package keyring keeps the platform's keys: those that sign ID tokens, with the next
// one published before it signs and the retired one until nothing it signed is good;
// the key that signs LIFF context tokens, which is never published; and the keys of
// the MAC in opaque tokens. It also seals what the store must not see in clear text.
//
// The keys are one record of the store, replaced as a whole by compare-and-set, so
// that nodes agree on them.
package keyring
