package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/envfile"
	"github.com/tegata-id/tegata/cmd/tegata/labcmd"
	"github.com/tegata-id/tegata/internal/control"
)

// writeEnv writes the dotenv file of --write-env.
func (c devCmd) writeEnv(env *control.Env, io streams) error {
	if c.WriteEnv == "" {
		return nil
	}
	if len(c.App) == 0 && c.Seed == "" {
		return &failure{exitUsage, errors.New("--write-env: there is no LIFF app of yours, whose LIFF ID it could write"), "add --app auto, or --app http://localhost:5173"}
	}
	framework, err := envfile.Detect(filepath.Dir(c.WriteEnv))
	if err != nil {
		return &failure{exitConfig, fmt.Errorf("--write-env: %w", err), "mend the file: it tells the names that the app's framework reads"}
	}
	if framework.Reads != "" {
		return &failure{exitConfig, fmt.Errorf("--write-env: this is an app of %s; %s", framework.Name, framework.Reads), "start without --write-env; the LIFF ID is in the banner"}
	}
	variables := appVariables(framework, env)
	changed, err := envfile.Write(c.WriteEnv, variables)
	var conflict *envfile.Conflict
	switch {
	case errors.As(err, &conflict) && conflict.Name != "":
		return &failure{
			exitConfig, fmt.Errorf("--write-env: %s: %w, and tegata writes over nothing", c.WriteEnv, err),
			"remove or rename that line; or give another file that your framework reads, such as " + filepath.Join(filepath.Dir(c.WriteEnv), ".env.development.local"),
		}
	case err != nil:
		return &failure{exitConfig, fmt.Errorf("--write-env: %s: %w", c.WriteEnv, err), "mend the file, or give another one"}
	}
	names := make([]string, len(variables))
	for i, v := range variables {
		names[i] = v.Name
	}
	what := "has"
	if changed {
		what = "now has"
	}
	if framework.Name != "" {
		framework.Name = "   for " + framework.Name
	}
	_, err = fmt.Fprintf(io.err, "%s %s %s%s\n", c.WriteEnv, what, strings.Join(names, ", "), framework.Name)
	return err
}

// appVariables are what an app reads: the LIFF ID under the name that reaches the browser
// and under its plain one and, where a server reads them too, what that needs.
func appVariables(f envfile.Framework, env *control.Env) []envfile.Variable {
	var all []envfile.Variable
	if f.Prefix != "" {
		all = append(all, envfile.Variable{Name: f.Prefix + "LIFF_ID", Value: env.LIFFID})
	}
	all = append(all, envfile.Variable{Name: "LIFF_ID", Value: env.LIFFID})
	if f.Server {
		for _, v := range labcmd.Variables(env) {
			all = append(all, envfile.Variable{Name: v[0], Value: v[1]})
		}
	}
	return all
}
