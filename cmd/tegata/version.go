package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// development is the version of a build outside of a released module.
const development = "(devel)"

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

// Examples opens the command's help.
func (versionCmd) Examples() string { return "  tegata version\n  tegata version --json\n" }

// Run prints the version.
func (c versionCmd) Run(io streams) error {
	v := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		OS      string `json:"os"`
		Arch    string `json:"arch"`
	}{buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH}
	if c.JSON {
		return json.NewEncoder(io.out).Encode(v)
	}
	_, err := fmt.Fprintf(io.out, "tegata %s (%s, %s/%s)\n", v.Version, v.Go, v.OS, v.Arch)
	return err
}

// buildVersion returns the version of the main module as the Go tool recorded it.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return development
}
