package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A bundle is one built file out of one entry point. With a package of npm's in it, it is
// built anew only where that is installed: nobody needs Node to build the rest.
type bundle struct {
	entry, out string
	format     api.Format
	npm        string // folder of the package; empty: none
	node       bool   // runs in Node, beside the packages that its user has; else in browsers
}

// banner is the first line of a built file.
func (b bundle) banner() string {
	what := "LIFF browser of tegata"
	switch {
	case strings.HasPrefix(b.entry, "web/liff/"):
		what = "Open LIFF client of tegata"
	case strings.HasPrefix(b.entry, "web/playwright/"):
		what = "Playwright fixtures of tegata"
	}
	return "// " + what + ", Apache-2.0. Built from " + path.Dir(b.entry) + " by tools/cmd/webbuild: do not edit.\n"
}

// Paths are slash paths below the repository. Every folder that holds an out file
// holds built files only.
var bundles = []bundle{
	{entry: "web/liff/src/index.ts", out: "web/liff/dist/liff.mjs", format: api.FormatESModule},
	{entry: "web/liff/src/script.ts", out: "web/liff/dist/liff.js", format: api.FormatIIFE},
	{entry: "web/simulator/src/bus.ts", out: "web/simulator/dist/bus.js", format: api.FormatIIFE},
	{entry: "web/simulator/src/away.ts", out: "web/simulator/dist/away.js", format: api.FormatIIFE},
	{entry: "web/simulator/src/picker.ts", out: "web/simulator/dist/picker.js", format: api.FormatIIFE},
	{entry: "web/simulator/src/inapp/inapp.ts", out: "web/simulator/dist/inapp.js", format: api.FormatIIFE},
	{entry: "web/simulator/src/page/page.ts", out: "web/simulator/dist/page.js", format: api.FormatIIFE},
	{entry: "web/simulator/src/qr.ts", out: "web/simulator/dist/qr.js", format: api.FormatIIFE, npm: "web/simulator/node_modules/qr"},
	{entry: "web/playwright/src/index.ts", out: "web/playwright/dist/playwright.mjs", format: api.FormatESModule, node: true},
	{entry: "web/playwright/src/index.ts", out: "web/playwright/dist/playwright.cjs", format: api.FormatCommonJS, node: true},
}

// The types are written by hand, and tsc holds them to the code.
var copies = []bundle{
	{entry: "web/liff/src/public.d.ts", out: "web/liff/dist/index.d.ts"},
	{entry: "web/playwright/src/public.d.ts", out: "web/playwright/dist/index.d.ts"},
	{entry: "web/playwright/src/public.d.ts", out: "web/playwright/dist/index.d.cts"},
}

// build returns the built files by path.
func build(root string) (map[string][]byte, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the repository: %w", err)
	}
	files := map[string][]byte{}
	for _, b := range bundles {
		text, err := built(abs, b)
		if err != nil {
			return nil, err
		}
		if text != nil {
			files[b.out] = text
		}
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

// built returns a bundle as it should be. What needs a package that is not installed stays
// as it is; nil if it is not there.
func built(root string, b bundle) ([]byte, error) {
	if b.npm == "" {
		return bundleOne(root, b)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(b.npm))); err == nil {
		return bundleOne(root, b)
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(b.out)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what is built already: %w", err)
	}
	return text, nil
}

// The output is left readable: people review what they serve, and servers compress.
func bundleOne(root string, b bundle) ([]byte, error) {
	target, platform, packages := api.ES2020, api.PlatformBrowser, api.PackagesBundle
	if b.node {
		target, platform, packages = api.ES2022, api.PlatformNode, api.PackagesExternal
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   []string{filepath.Join(root, filepath.FromSlash(b.entry))},
		Outfile:       filepath.Join(root, filepath.FromSlash(b.out)),
		Bundle:        true,
		Format:        b.format,
		Target:        target,
		Platform:      platform,
		Packages:      packages,
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
