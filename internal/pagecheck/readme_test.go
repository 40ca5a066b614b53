package pagecheck_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// drawReadme makes the pictures of the README anew: -readme.
var drawReadme = flag.Bool("readme", false, "make the pictures of the README anew")

// maxPicture is how many bytes a picture of the README may have.
const maxPicture = 200 << 10

// TestReadmePictures looks whether the pictures of the README are there and small. With
// -readme it makes them anew: the simulator with the demo app, light and dark.
func TestReadmePictures(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "docs", "pictures")
	if *drawReadme {
		w := &world{Dev: built.StartDev(t), browser: built.StartBrowser(t)}
		for _, dark := range []bool{false, true} {
			if err := os.WriteFile(filepath.Join(folder, readmePicture(dark)), drawSimulator(t, w, dark), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, dark := range []bool{false, true} {
		picture, err := os.ReadFile(filepath.Join(folder, readmePicture(dark)))
		if err != nil {
			t.Errorf("%v; make it: go test ./internal/pagecheck -run TestReadmePictures -readme", err)
			continue
		}
		if !bytes.HasPrefix(picture, []byte("RIFF")) || len(picture) > maxPicture {
			t.Errorf("%s has %d bytes, want a WebP of at most %d", readmePicture(dark), len(picture), maxPicture)
		}
	}
}

func readmePicture(dark bool) string {
	if dark {
		return "simulator-dark.webp"
	}
	return "simulator-light.webp"
}

func drawSimulator(t *testing.T, w *world, dark bool) []byte {
	t.Helper()
	theme := "light"
	if dark {
		theme = "dark"
	}
	b := w.opened(t, "app", demoApp, "theme", theme, "scheme", "both")
	b.Screen(1280, 800, dark, 2)
	b.Call(`new Promise((done) => setTimeout(done, 500, true))`, nil) // the frame follows the theme
	return b.Picture(stage.WebP, false)
}
