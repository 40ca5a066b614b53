// Package stage is a kit of tests: it builds the tegata command, runs `tegata dev` as a
// user would, and opens Chromium at what it serves.
//
// It owns processes and tabs, and that both end with the test. What a page must be is
// left to the tests that look at it.
package stage
