// Package tegatatest runs the whole platform inside a Go test: LINE Login, LIFF and the
// APIs that servers ask, as `tegata dev` serves them, without a port, a file or a
// network.
//
//	p := tegatatest.Start(t)
//	token := p.IDToken(tegatatest.Token{User: "hanako"})
//	user, err := p.Verifier().IDToken(ctx, token)
//
// It is the real platform and not a second one. What LINE does not offer for tests is
// here one call: a token of any persona, channel, time and age, and wrong ones; a clock
// that can be moved; answers that go wrong; a list of what the platform was asked; a
// login without a browser.
//
// Each Start is a world of its own, with the demo personas and channels of `tegata dev`
// unless WithSeed gives others, so tests may run in parallel. It stops with the test. In
// a testing/synctest bubble it follows the bubble's clock.
//
// Methods that cannot do what they are asked end the test; they must be called from the
// test's own goroutine. Those that return an error may be called from any.
package tegatatest
