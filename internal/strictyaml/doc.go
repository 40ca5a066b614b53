// Package strictyaml reads YAML files that people write: seeds and configuration.
// An unknown, repeated or ill-typed key is an error that names the file, the line
// and, for an unknown key, the nearest one that exists. The parsing itself is
// goccy/go-yaml's.
package strictyaml
