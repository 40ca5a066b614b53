// Package platform is a self-hosted OpenID Provider that speaks LINE Login v2.1 and
// LIFF on the wire. It only wires: every duty is in a package below internal.
//
// New makes a platform from a Config; Public is what browsers, apps and their servers
// call, Management what operators do. Close stops what runs in the background. What exists for development and tests
// only is the Lab: with a nil Config.Lab nothing of it is mounted.
package platform
