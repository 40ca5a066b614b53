// Package web holds everything that a browser is sent, as embedded files. It owns
// no behaviour: parsing templates, choosing what to serve and under which headers
// are left to the packages that serve them.
package web
