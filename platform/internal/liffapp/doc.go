// Package liffapp answers for LIFF apps: the LIFF server API by which channels keep
// them, the LIFF URLs that open them, and the context and feature tokens that the
// LIFF SDK asks for when it starts. With a Lab it also is the server's half of a LIFF
// browser: it opens apps with their tokens and closes them, and answers for messages, the
// share target picker, sub windows and further consent. The browser itself is package
// simulator's.
package liffapp
