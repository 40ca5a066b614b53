// Package show is how commands print: data on standard output as text or JSON, talk on
// standard error. What to say is left to the commands.
package show
