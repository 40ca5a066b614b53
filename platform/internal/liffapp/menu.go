package liffapp

import (
	"math"
	"regexp"
	"strconv"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// colorForm is the form of a colour.
var colorForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// menuOf returns the colours of the header: LINE's, or those that the request wishes.
func menuOf(req control.LIFFLaunchRequest) (menuColors, error) {
	menu := menuColors{AdaptableColorSchemes: []string{"light"}, LightModeColor: lightColors(), DarkModeColor: darkColors()}
	if req.AdaptsToDark {
		menu.AdaptableColorSchemes = []string{"light", "dark"}
	}
	if req.HeaderColor == "" {
		return menu, nil
	}
	if !colorForm.MatchString(req.HeaderColor) {
		return menu, invalid("headerColor", oauth2.Clip(req.HeaderColor), "a colour such as #06C755")
	}
	text := "#000000"
	if dark(req.HeaderColor) {
		text = "#FFFFFF"
	}
	for _, colors := range []map[string]string{menu.LightModeColor, menu.DarkModeColor} {
		for _, name := range []string{"titleBackgroundColor", "progressBackgroundColor"} {
			colors[name] = req.HeaderColor
		}
		for _, name := range []string{"titleTextColor", "titleSubtextColor", "titleButtonColor", "iconColor"} {
			colors[name] = text
		}
	}
	return menu, nil
}

// dark says whether white is easier to read on a colour than black, by the contrast of
// WCAG 2.2. The better of the two is always above 4.5, which small text needs.
func dark(color string) bool {
	return 1.05/(luminance(color)+0.05) > (luminance(color)+0.05)/0.05
}

// luminance is the relative luminance of a colour of colorForm (WCAG 2.2).
func luminance(color string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		part, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil { // its form was checked
			return 0
		}
		level := float64(part) / 255
		if level <= 0.04045 {
			level /= 12.92
		} else {
			level = math.Pow((level+0.055)/1.055, 2.4)
		}
		sum += weight * level
	}
	return sum
}

// lightColors and darkColors are the header's colours if the app sets none: those that
// the SDK falls back to.
func lightColors() map[string]string {
	return map[string]string{
		"iconColor": "#111111", "statusBarColor": "BLACK", "titleTextColor": "#111111", "titleSubtextColor": "#B7B7B7",
		"titleButtonColor": "#111111", "titleBackgroundColor": "#FFFFFF", "progressBarColor": "#06C755",
		"progressBackgroundColor": "#FFFFFF", "titleButtonAreaBackgroundColor": "#1FFFFFFF",
		"titleButtonAreaBorderColor": "#26000000", "baseBackgroundColor": "#FFFFFF", "baseTextColor": "#000000",
		"lightButtonBorderColor": "rgba(0, 0, 0, 0.15)",
	}
}

func darkColors() map[string]string {
	return map[string]string{
		"iconColor": "#FFFFFF", "statusBarColor": "WHITE", "titleTextColor": "#FFFFFF", "titleSubtextColor": "#949494",
		"titleButtonColor": "#FFFFFF", "titleBackgroundColor": "#111111", "progressBarColor": "#06C755",
		"progressBackgroundColor": "#111111", "titleButtonAreaBackgroundColor": "#1FFFFFFF",
		"titleButtonAreaBorderColor": "#26000000", "baseBackgroundColor": "#000000", "baseTextColor": "#FFFFFF",
		"lightButtonBorderColor": "rgba(255, 255, 255, 0.5)",
	}
}
