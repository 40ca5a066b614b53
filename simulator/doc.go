// Package simulator is the LIFF browser in a page, and the dev proxy that puts a LIFF app
// into it. It owns the page with the phone, the port of its own at which each app is
// served with one script in front, the log of what app and server ask the platform, the
// alarm on what an app does with a user's data, and the proof that a server refuses old
// and foreign tokens. It talks to the platform as a client of the control API; tokens,
// chats and sub windows are the platform's. It is for development only.
package simulator
