package browsercmd

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
)

// mapped are the names that lead to the platform: those of LINE's API, and those from which
// the LIFF SDK loads extensions and texts.
func mapped() []string { return []string{"*.line.me", "*.line-scdn.net"} }

// Flags returns the flags by which a browser of the Chromium family takes a running platform
// for LINE. They hold as long as the platform runs, in a browser with a profile of its own:
// the certificate is pinned, not trusted.
func Flags(env *control.Env) ([]string, error) {
	u, err := url.Parse(env.TLSURL)
	if err != nil || u.Host == "" || env.TLSSPKI == "" {
		return nil, fmt.Errorf("the platform at %s has no port for LINE's names", env.BaseURL)
	}
	rules := make([]string, len(mapped()))
	for i, names := range mapped() {
		rules[i] = "MAP " + names + " " + u.Host
	}
	return []string{
		"--host-resolver-rules=" + strings.Join(rules, ", "),
		"--ignore-certificate-errors-spki-list=" + env.TLSSPKI,
	}, nil
}

// quiet are flags that keep a browser from asking things that a throw-away profile has no
// answer to, and from calling its maker.
func quiet() []string {
	return []string{
		"--no-first-run", "--no-default-browser-check", "--disable-default-apps", "--disable-sync",
		"--disable-background-networking", "--disable-component-update", "--password-store=basic", "--use-mock-keychain",
	}
}

// written writes flags in one of the forms of --print.
func written(form string, flags []string) string {
	all := make([]string, len(flags))
	for i, f := range flags {
		quoted, _ := json.Marshal(f) // of a string: cannot fail
		all[i] = string(quoted)
	}
	list := "[\n    " + strings.Join(all, ",\n    ") + ",\n  ]"
	switch form {
	case "json":
		text, _ := json.Marshal(flags) // of strings: cannot fail
		return string(text) + "\n"
	case "playwright":
		return "// playwright.config.ts, in defineConfig({ … })\nuse: {\n  launchOptions: { args: " + list + " },\n},\n"
	case "puppeteer":
		return "const browser = await puppeteer.launch({\n  args: " + list + ",\n});\n"
	case "selenium":
		return "const options = new chrome.Options();\noptions.addArguments(\n  " + strings.Join(all, ",\n  ") + ",\n);\n"
	}
	return strings.Join(flags, "\n") + "\n"
}
