package childenv

import (
	_ "embed"
	"encoding/json"
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// preload is what Node.js runs before the program.
//
//go:embed preload.mjs
var preload []byte

// node makes Node.js follow: its fetch and https read no proxy variable. Options of the
// user's own come first.
func (e *environment) node() error {
	host, port, err := net.SplitHostPort(e.Platform)
	if err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"names": e.Names, "host": host, "port": port})
	if err != nil {
		return err
	}
	if _, err := e.write("platform.json", data); err != nil {
		return err
	}
	path, err := e.write("preload.mjs", preload)
	if err != nil {
		return err
	}
	e.set["NODE_OPTIONS"] = strings.TrimLeft(e.own["NODE_OPTIONS"]+" ", " ") + "--import=" + fileURL(path)
	return nil
}

// fileURL returns the URL of an absolute path. It has no blank and no quote, which
// NODE_OPTIONS would take apart.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
