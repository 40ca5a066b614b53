package envfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Framework is what builds an app, as far as dotenv files are concerned.
type Framework struct {
	// Name is for people; empty: none is known. Kind is how its dev server shows itself in
	// its pages, as package appfind tells it; empty: not known.
	Name, Kind string
	// Prefix begins the names of variables that reach the browser.
	Prefix string
	// Server says that code on the server reads the file too.
	Server bool
	// Reads is empty, or what has to be done because it reads no dotenv file.
	Reads string
}

// maxManifest bounds package.json, in bytes.
const maxManifest = 1 << 20

// Detect tells the framework from the package.json in a folder; without one it is the zero
// Framework. The error is about a file that cannot be read.
func Detect(folder string) (Framework, error) {
	path := filepath.Join(folder, "package.json")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Framework{Server: true}, nil
	}
	if err != nil {
		return Framework{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return Framework{}, fmt.Errorf("read %s: %w", path, err)
	}
	if len(text) > maxManifest {
		return Framework{}, fmt.Errorf("%s is larger than %d bytes", path, maxManifest)
	}
	found, err := detect(text)
	if err != nil {
		return Framework{}, fmt.Errorf("%s: %w", path, err)
	}
	return found, nil
}

// detect finds the framework among the dependencies. One that stands on another comes
// before it.
func detect(manifest []byte) (Framework, error) {
	var m struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return Framework{}, err
	}
	for _, one := range []struct {
		dependency string
		Framework
	}{
		{"next", Framework{Name: "Next.js", Kind: "Next.js", Prefix: "NEXT_PUBLIC_", Server: true}},
		{"nuxt", Framework{Name: "Nuxt", Kind: "Nuxt", Prefix: "NUXT_PUBLIC_", Server: true}},
		{"nuxt3", Framework{Name: "Nuxt", Kind: "Nuxt", Prefix: "NUXT_PUBLIC_", Server: true}},
		{"gatsby", Framework{Name: "Gatsby", Kind: "Gatsby", Prefix: "GATSBY_"}},
		{"astro", Framework{Name: "Astro", Kind: "Astro", Prefix: "PUBLIC_", Server: true}},
		{"@sveltejs/kit", Framework{Name: "SvelteKit", Kind: "Vite", Prefix: "PUBLIC_", Server: true}},
		{"@react-router/dev", Framework{Name: "React Router", Kind: "Vite", Prefix: "VITE_", Server: true}},
		{"@remix-run/dev", Framework{Name: "Remix", Kind: "Vite", Prefix: "VITE_", Server: true}},
		{"react-scripts", Framework{Name: "Create React App", Kind: "webpack", Prefix: "REACT_APP_"}},
		{"@vue/cli-service", Framework{Name: "Vue CLI", Kind: "webpack", Prefix: "VUE_APP_"}},
		{"@ngx-env/builder", Framework{Name: "Angular", Kind: "Angular", Prefix: "NG_APP_"}},
		{"@angular/core", Framework{Name: "Angular", Kind: "Angular", Reads: "its build reads no dotenv file: give liff.init the LIFF ID in src/environments, or add @ngx-env/builder"}},
		{"@rsbuild/core", Framework{Name: "Rsbuild", Prefix: "PUBLIC_"}},
		{"vite", Framework{Name: "Vite", Kind: "Vite", Prefix: "VITE_"}},
	} {
		if m.Dependencies[one.dependency] != "" || m.DevDependencies[one.dependency] != "" {
			return one.Framework, nil
		}
	}
	return Framework{Server: true}, nil
}
