// Package lobby bounds the logins that were begun and in which nobody has logged in yet.
// Beginning one needs no account, so without a bound a stranger could fill the store.
//
// A Lobby has room for so many bytes of logins. When it is full, it names the oldest login
// of the address that takes up the most room: who floods pushes out himself, and who begins
// one login keeps it until the flood comes from as many addresses as there is room for.
// Beside that, each address may begin logins at a bounded rate.
//
// It leaves to others: the logins themselves (package authorize), which address a request
// comes from (package login), and wrong passwords, which are counted there. It counts what
// this node has begun; each of several nodes has a Lobby of its own.
package lobby
