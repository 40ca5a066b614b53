// Package authorize is the authorization endpoint: LINE Login's, the entry of LINE's
// native SDKs, and LIFF's. It owns the rules for an authorization request, the login
// transaction, the pages of login and consent, and how the answer travels to the
// callback URL. Who somebody is, package login finds out; what the code is worth,
// packages issue and grant decide; what pages look like, package page.
//
// Which fault is shown as a page and which is sent to the callback is decided in one
// place: until the redirect URI has been matched with what is registered, nothing is
// sent there.
package authorize
