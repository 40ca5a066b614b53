package pagecheck_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// pictures is the folder into which the pictures of all pages go: -pictures FOLDER.
var pictures = flag.String("pictures", "", "folder for a sheet with a picture of every page (it is made)")

// widths are those of a screen, a small laptop or tablet, and a phone.
var widths = []int64{1440, 1024, 390}

// TestPages looks at every page in every state, at each width, light and dark.
func TestPages(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	t.Run("states", func(t *testing.T) {
		for _, s := range states() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				look(t, s, s.open(t, w))
			})
		}
	})
	if *pictures != "" {
		writeSheet(t, *pictures)
	}
}

// TestWidths wants the simulator's page to be no wider than the window, also where its
// columns become fewer: a window between two widths of the other test.
func TestWidths(t *testing.T) {
	t.Parallel()
	w := &world{Dev: built.StartDev(t), browser: built.StartBrowser(t)}
	b := w.opened(t, "app", demoApp)
	for width := int64(320); width <= 1480; width += 10 {
		b.Screen(width, height(width), false, 1)
		var is int64
		if b.Call(`document.scrollingElement.scrollWidth`, &is); is > width {
			t.Errorf("in a window of %d px the page is %d px wide", width, is)
		}
	}
}

// look checks what the tab shows, in every way.
func look(t *testing.T, s state, b *stage.Tab) {
	t.Helper()
	b.Inject(axe)
	for _, width := range widths {
		for _, dark := range []bool{false, true} {
			view := fmt.Sprintf("%d px, light", width)
			if dark {
				view = fmt.Sprintf("%d px, dark", width)
			}
			b.Screen(width, height(width), dark, 1)
			wantAccessible(t, b, view)
			if !dark {
				wantRoom(t, b, view)
			}
			if *pictures != "" {
				writePicture(t, *pictures, s, width, dark, b)
			}
		}
	}
	wantKeyboard(t, b)
}

// narrow windows have everything in one column.
const narrow = 760

func height(width int64) int64 {
	if width < narrow {
		return 844
	}
	return 900
}
