// Package lab holds what exists for development and tests only: the seed of the demo
// world and its personas, the clock that can be moved, the state as a whole with its
// snapshots and files, and the API for all of it. What makes tokens is in mint below it,
// what makes answers go wrong in fault. It is there only if Config.Lab of package
// platform is set; a production platform has none of it.
package lab
