// Package lab holds what exists for development and tests only: the seed of the
// demo world and its personas. It is mounted only if Config.Lab of package platform
// is set; a production platform has none of it.
package lab
