// Package control holds the JSON types and the client of the platform's own APIs: for
// operators below /_tegata/admin/v1/, for development below /_tegata/lab/v1/. The command
// line, the simulator and package tegatatest use it; the platform answers with the same
// types.
package control
