package childenv

import (
	_ "embed"
	"encoding/json"
	"net"
	"strings"
)

// preload is what Node.js runs before the program.
//
//go:embed preload.cjs
var preload []byte

// node makes Node.js follow: its fetch and https read no proxy variable unless they are told
// to. Options of the user's own come first. It is --require, because --import is left out in
// workers made of a text (Node.js 20).
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
	path, err := e.write("preload.cjs", preload)
	if err != nil {
		return err
	}
	e.set["NODE_OPTIONS"] = strings.TrimLeft(e.own["NODE_OPTIONS"]+" ", " ") + "--require=" + nodeOption(path)
	return nil
}

// nodeOption returns a value as NODE_OPTIONS wants it: in quotes if it has a blank, with a
// backslash before each quote and backslash then.
func nodeOption(value string) string {
	if !strings.ContainsAny(value, " \t\"\\") {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
