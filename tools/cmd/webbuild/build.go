package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A bundle is one built file out of one entry point.
type bundle struct {
	entry, out string
	format     api.Format
}

// banner is the first line of a built file.
func (b bundle) banner() string {
	what := "LIFF browser of tegata"
	if strings.HasPrefix(b.entry, "web/liff/") {
		what = "Open LIFF client of tegata"
	}
	return "// " + what + ", Apache-2.0. Built from " + path.Dir(b.entry) + " by tools/cmd/webbuild: do not edit.\n"
}

// Paths are slash paths below the repository. Every folder that holds an out file
// holds built files only.
var bundles = []bundle{
	{"web/liff/src/index.ts", "web/liff/dist/liff.mjs", api.FormatESModule},
	{"web/liff/src/script.ts", "web/liff/dist/liff.js", api.FormatIIFE},
	{"web/simulator/src/bus.ts", "web/simulator/dist/bus.js", api.FormatIIFE},
	{"web/simulator/src/picker.ts", "web/simulator/dist/picker.js", api.FormatIIFE},
	{"web/simulator/src/inapp/inapp.ts", "web/simulator/dist/inapp.js", api.FormatIIFE},
	{"web/simulator/src/page/page.ts", "web/simulator/dist/page.js", api.FormatIIFE},
}

// The types are written by hand, and tsc holds them to the code.
var copies = []bundle{
	{entry: "web/liff/src/public.d.ts", out: "web/liff/dist/index.d.ts"},
}

// build returns the built files by path.
func build(root string) (map[string][]byte, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the repository: %w", err)
	}
	files := map[string][]byte{}
	for _, b := range bundles {
		text, err := bundleOne(abs, b)
		if err != nil {
			return nil, err
		}
		files[b.out] = text
	}
	for _, c := range copies {
		text, err := os.ReadFile(filepath.Join(abs, filepath.FromSlash(c.entry)))
		if err != nil {
			return nil, fmt.Errorf("read the types: %w", err)
		}
		files[c.out] = append([]byte(c.banner()), text...)
	}
	return files, nil
}

// The output is left readable: people review what they serve, and servers compress.
func bundleOne(root string, b bundle) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   []string{filepath.Join(root, filepath.FromSlash(b.entry))},
		Outfile:       filepath.Join(root, filepath.FromSlash(b.out)),
		Bundle:        true,
		Format:        b.format,
		Target:        api.ES2020,
		Platform:      api.PlatformBrowser,
		Charset:       api.CharsetASCII, // a page may serve the script in any charset
		Banner:        map[string]string{"js": strings.TrimSuffix(b.banner(), "\n")},
		LogLevel:      api.LogLevelSilent,
	})
	if len(result.Errors)+len(result.Warnings) > 0 {
		messages := slices.Concat(result.Errors, result.Warnings)
		text := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, fmt.Errorf("bundle %s:\n%s", b.entry, strings.Join(text, ""))
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("bundle %s: esbuild made %d files, want 1", b.entry, len(result.OutputFiles))
	}
	return result.OutputFiles[0].Contents, nil
}

func write(root string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// stale says in what the files on disk differ from the built ones: another text, a
// missing file, or one that nothing builds.
func stale(root string, files map[string][]byte) []string {
	var complaints []string
	folders := map[string]bool{}
	for name, want := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		folders[filepath.Dir(path)] = true
		got, err := os.ReadFile(path)
		switch {
		case err != nil:
			complaints = append(complaints, fmt.Sprintf("%s is missing or cannot be read: %v", name, err))
		case !bytes.Equal(got, want):
			complaints = append(complaints, name+" is not what its sources build")
		}
	}
	for folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // its files are reported as missing
		}
		for _, e := range entries {
			rel, err := filepath.Rel(root, filepath.Join(folder, e.Name()))
			if name := filepath.ToSlash(rel); err == nil && files[name] == nil {
				complaints = append(complaints, name+" is built by nothing: remove it")
			}
		}
	}
	slices.Sort(complaints)
	return complaints
}
