// Package childenv makes the environment in which a command's programs reach the platform
// under LINE's names: the variables that name the proxy, the files that hold what they trust,
// and what Node.js and PHP need besides.
//
// It owns which variables those are and how values of the user's own are kept. It changes
// nothing but one folder that is given to it; the trust stores of the machine and of the user
// stay as they are. The proxy is package lineproxy's.
package childenv
