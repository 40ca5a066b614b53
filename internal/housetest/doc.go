// Package housetest tests the house itself: who may import whom, what a package may
// link, how large files and functions may grow, which words and names may stand in
// the tree, and that everything exported says what it is for.
//
// It owns these rules and nothing else: it has no code that other packages could
// import, and it never judges behaviour, which is left to each package's own tests.
// Every failure names the rule, the place and what to do. The rules are functions
// over a list of files, and a table of synthetic sources shows of each of them that
// it can fail.
package housetest
