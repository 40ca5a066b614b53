package browsercmd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
)

// find returns the path of a browser: the one that is named, or the first that there is.
func find(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil && !errors.Is(err, exec.ErrDot) {
			return "", &exit.Error{Code: exit.Config, Err: fmt.Errorf("--browser: %w", err), Next: "give the path of Chromium, Chrome or Edge"}
		}
		return path, nil
	}
	places := programs(runtime.GOOS, os.Getenv)
	for _, p := range places {
		if path, err := exec.LookPath(p); err == nil {
			return path, nil
		}
	}
	return "", &exit.Error{
		Code: exit.Config, Err: fmt.Errorf("no Chromium, Chrome or Edge was found; looked for %s", strings.Join(places, ", ")),
		Next: "install one of them, or name it by --browser; for a browser that you start yourself, tegata browser --print flags prints the flags",
	}
}

// programs are the browsers of the Chromium family by their usual places on a system.
func programs(system string, getenv func(string) string) []string {
	switch system {
	case "darwin":
		var all []string
		for _, folder := range []string{"/Applications", filepath.Join(getenv("HOME"), "Applications")} {
			for _, app := range []string{"Chromium", "Google Chrome", "Microsoft Edge", "Brave Browser"} {
				all = append(all, filepath.Join(folder, app+".app", "Contents", "MacOS", app))
			}
		}
		return all
	case "windows":
		var all []string
		for _, name := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			folder := getenv(name)
			if folder == "" {
				continue
			}
			for _, program := range []string{`Chromium\Application\chrome.exe`, `Google\Chrome\Application\chrome.exe`, `Microsoft\Edge\Application\msedge.exe`} {
				all = append(all, folder+`\`+program)
			}
		}
		return all
	}
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable", "brave-browser"}
}
