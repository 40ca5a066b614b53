package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/appfind"
	"github.com/tegata-id/tegata/cmd/tegata/envfile"
)

// appAuto is the value of --app that means: find it.
const appAuto = "auto"

// findApps puts the URL of the dev server that runs on this machine in place of auto. Other
// values stay as they are.
func (c devCmd) findApps(ctx context.Context, own, look []int, io streams) ([]string, error) {
	if !slices.Contains(c.App, appAuto) {
		return c.App, nil
	}
	found := appfind.Find(ctx, look, own)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// Its package.json tells which of several is the app's; if it cannot be read, none is.
	framework, _ := envfile.Detect(filepath.Dir(c.WriteEnv))
	server, err := chooseServer(found, look, framework)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(io.err, "found %s\n", server); err != nil {
		return nil, err
	}
	apps := slices.Clone(c.App)
	for i, a := range apps {
		if a == appAuto {
			apps[i] = server.URL
		}
	}
	return apps, nil
}

// chooseServer takes the one that there is, or of several the one that is of the framework.
func chooseServer(found appfind.Found, look []int, framework envfile.Framework) (appfind.Server, error) {
	if framework.Kind != "" && len(found.Servers) > 1 {
		same := slices.DeleteFunc(slices.Clone(found.Servers), func(s appfind.Server) bool { return s.Kind != framework.Kind })
		if len(same) == 1 {
			return same[0], nil
		}
	}
	switch len(found.Servers) {
	case 1:
		return found.Servers[0], nil
	case 0:
		why := fmt.Sprintf("--app auto: no dev server answers on localhost; looked at %s", numbers(look))
		if len(found.Other) > 0 {
			why += fmt.Sprintf(" (%s: no page there)", numbers(found.Other))
		}
		return appfind.Server{}, &failure{
			exitUnreachable, errors.New(why),
			"start your dev server first; or say where it is, or will be: --app http://localhost:PORT",
		}
	}
	lines := make([]string, len(found.Servers))
	for i, s := range found.Servers {
		lines[i] = "  " + s.String()
	}
	return appfind.Server{}, &failure{
		exitUsage, fmt.Errorf("--app auto: there are %d dev servers:\n%s", len(lines), strings.Join(lines, "\n")),
		"say which: --app " + found.Servers[0].URL,
	}
}

func numbers(all []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ", "), "[]")
}
