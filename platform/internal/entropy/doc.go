// Package entropy is where the platform's random bytes come from: crypto/rand, or, for
// repeatable runs on a developer's machine, streams that follow from a seed. It hands
// out bytes only; what they become, and how many are needed, is the business of whoever
// asks. Keys are not made of it: package keyring derives its own.
package entropy
