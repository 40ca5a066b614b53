// Package lineapi asks LINE's API, or a platform that speaks like it, and reads the
// answers strictly: bounded in size and time, no redirect followed, no member taken
// twice. It owns the requests of a LIFF app's server. What an answer is worth, whose
// channel it must name and who is let in is for packages tegata and tegatahttp to say.
//
// No error of this package holds a token, a code or a secret.
package lineapi
