package pagecheck_test

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// pictureName is the file of a picture.
func pictureName(state string, width int64, dark bool) string {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return fmt.Sprintf("%s-%d-%s.png", strings.Trim(notName.ReplaceAllString(strings.ToLower(state), "-"), "-"), width, scheme)
}

// writePicture writes a picture of a state. On a narrow screen the window is made as tall
// as the page, because frames out of sight are not painted.
func writePicture(t *testing.T, dir string, s state, width int64, dark bool, b *stage.Tab) {
	t.Helper()
	if width < narrow && !s.sheet {
		var tall int64
		b.Call(`document.scrollingElement.scrollHeight`, &tall)
		b.Screen(width, max(tall, height(width)), dark, 1)
		b.Call(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, nil)
	}
	png := b.Picture(stage.PNG, !s.sheet)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, pictureName(s.name, width, dark)), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

var sheet = template.Must(template.New("sheet").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>All pages</title>
<style>body { font: 1rem system-ui; margin: 1rem; } section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
img { max-width: 30rem; border: 1px solid #999; }</style>
{{range $name, $files := .}}<h2>{{$name}}</h2><section>{{range $files}}<a href="{{.}}"><img src="{{.}}" alt="{{.}}" loading="lazy"></a>{{end}}</section>
{{end}}</html>
`))

// writeSheet writes one page that shows all pictures.
func writeSheet(t *testing.T, dir string) {
	t.Helper()
	all := map[string][]string{}
	for _, s := range states() {
		for _, width := range widths {
			for _, dark := range []bool{false, true} {
				all[s.name] = append(all[s.name], pictureName(s.name, width, dark))
			}
		}
		slices.Sort(all[s.name])
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := sheet.Execute(&b, all); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("the sheet is %s", filepath.Join(dir, "index.html"))
}
