package liffapp

import (
	"net/http"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/store"
)

// ParseChange lets a fuzzer read bodies.
func ParseChange(body []byte) (wire.LIFFChange, error) { return parseChange(body) }

// ApplyChange lets a fuzzer apply what was read.
func ApplyChange(app *store.LIFFApp, c wire.LIFFChange) error { return applyChange(app, c) }

// IsLIFFID lets a fuzzer look at the form of LIFF IDs.
func IsLIFFID(s string) bool { return idForm.MatchString(s) }

// RestOf lets a fuzzer cut LIFF URLs.
func RestOf(r *http.Request, endpoint string) string { return restOf(r, endpoint) }

// AppendQuery lets a fuzzer append parameters.
func AppendQuery(raw, name, value string) string { return appendQuery(raw, name, value) }

// HeaderColors returns the colours of the header that a launch asks for.
func HeaderColors(req control.LIFFLaunchRequest) (light, dark map[string]string, err error) {
	menu, err := menuOf(req)
	return menu.LightModeColor, menu.DarkModeColor, err
}

// BestContrast returns the contrast of the header's text to its background.
func BestContrast(color string) float64 {
	if dark(color) {
		return 1.05 / (luminance(color) + 0.05)
	}
	return (luminance(color) + 0.05) / 0.05
}
