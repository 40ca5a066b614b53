// Package show is how commands print, and read what is piped into them: data on standard
// output as text or JSON, talk on standard error. What to say is left to the commands.
package show
