// Package vitetest runs LINE's own scaffold of a LIFF app, unmodified but for its LIFF
// ID, behind the simulator: the dev server of Vite with its hot reload, in the phone and
// in an ordinary browser at the app's port.
//
// It owns the way of a developer from the scaffold to an app that greets its user. The
// scaffold and every package that it asks for come from npm by the lock file in the
// folder npm; nothing of them is committed. React is held at 18, because the scaffold calls
// ReactDOM.render, which React 19 has no longer. What the SDK can do is left to clienttest.
package vitetest
