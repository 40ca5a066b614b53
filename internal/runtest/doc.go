// Package runtest tests `tegata run` with programs that nobody here wrote: Go's net/http by way
// of our library, Node.js with fetch and axios, LINE's liff-cli, Python with requests and urllib,
// PHP and curl. Each knows only LINE's host names, and verifies what it is shown.
//
// It owns the world around them: a `tegata dev`, and a proxy of the user's own with another
// site behind it, under an authority of the user's own. It imports nothing of ours, so that it
// sees what a user sees. What the proxy refuses is tested beside package lineproxy, and the
// command's signals beside the command.
//
// The packages are installed by name (npm ci in the folder npm, pip in the folder python);
// nothing of them is committed.
package runtest
