// Package appfind finds the dev server that a developer runs on this machine, at the ports
// where the usual tools put theirs. It owns the list of ports, the question that each is
// asked, and what an answer tells of the tool. What to do with the answer is the caller's.
package appfind
