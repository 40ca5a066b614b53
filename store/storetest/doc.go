// Package storetest is the suite that every store engine passes: what the comments
// of package store promise, tested, and benchmarks that compare engines. It knows
// engines only as a store.Store.
//
// An engine's test is one line:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return memory.New(memory.Config{}) })
//	}
//
// Run it with -race: several cases are races on purpose.
package storetest
