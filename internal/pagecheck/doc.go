// Package pagecheck looks at every page that people see, in Chromium: login, consent,
// error and password pages, the demo app, the share target picker, and the simulator in
// each of its states.
//
// It owns what a page of ours must be whatever it says: clean by axe-core (which npm
// installs in the folder npm), wide enough for its texts at 1440, 1024 and 390 pixels,
// light and dark, and usable by the keyboard alone. It makes the pictures of the pages
// for people, too. What the pages do is left to the tests of their own packages.
package pagecheck
