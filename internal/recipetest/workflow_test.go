package recipetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// workflow is what a workflow of GitHub Actions may have of what the example has. A key
// that is not among these is a mistake.
type workflow struct {
	Name        string            `yaml:"name"`
	On          []string          `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]job    `yaml:"jobs"`
}

type job struct {
	RunsOn  string `yaml:"runs-on"`
	Timeout int    `yaml:"timeout-minutes"`
	Steps   []step `yaml:"steps"`
}

type step struct {
	Name string            `yaml:"name"`
	Uses string            `yaml:"uses"`
	With map[string]string `yaml:"with"`
	If   string            `yaml:"if"`
	Run  string            `yaml:"run"`
}

func readWorkflow(t *testing.T) workflow {
	t.Helper()
	f, err := os.Open("../../examples/ci/github-actions.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var w workflow
	if err := yaml.NewDecoder(f, yaml.DisallowUnknownField()).Decode(&w); err != nil {
		t.Fatal(err)
	}
	return w
}

// action is an action of GitHub's own by a major version.
var action = regexp.MustCompile(`^actions/(checkout|setup-go|setup-node)@v\d+$`)

// TestWorkflow looks at the example as GitHub does before it runs anything.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	w := readWorkflow(t)
	if !slices.Equal(w.On, []string{"push", "pull_request"}) || w.Permissions["contents"] != "read" || len(w.Permissions) != 1 {
		t.Errorf("on %q with permissions %v, want push and pull_request, which read the contents only", w.On, w.Permissions)
	}
	for name, j := range w.Jobs {
		if j.RunsOn == "" || j.Timeout == 0 || len(j.Steps) == 0 {
			t.Errorf("job %s: %+v", name, j)
		}
		for i, s := range j.Steps {
			if (s.Uses == "") == (s.Run == "") {
				t.Errorf("job %s, step %d: want either uses or run", name, i+1)
			}
			if s.Uses != "" && !action.MatchString(s.Uses) {
				t.Errorf("job %s uses %q", name, s.Uses)
			}
			if s.Run != "" && s.Name == "" {
				t.Errorf("job %s, step %d has no name", name, i+1)
			}
			if out, err := exec.CommandContext(t.Context(), "bash", "-n", "-c", s.Run).CombinedOutput(); err != nil {
				t.Errorf("job %s, step %d: %v\n%s", name, i+1, err, out)
			}
		}
	}
}

// projectTest is the test of a project that uses the workflow: it finds the platform by
// the variables that the workflow leaves behind, and has a token made.
const projectTest = `
const { TEGATA_URL, TEGATA_ADMIN_TOKEN, LINE_CHANNEL_ID, LINE_LIFF_ID } = process.env;
const answer = await fetch(TEGATA_URL + "/_tegata/lab/v1/tokens", {
  method: "POST", body: "{}", headers: { Authorization: "Bearer " + TEGATA_ADMIN_TOKEN, "Content-Type": "application/json" },
});
const minted = await answer.json();
if (minted.channelId !== LINE_CHANNEL_ID || LINE_LIFF_ID !== "2000000001-app00001") throw new Error(JSON.stringify({ minted, LINE_LIFF_ID }));
console.log("tested against", TEGATA_URL);
`

// TestWorkflowSteps runs the steps of the first job one after another, as a runner does:
// each by bash, with what the earlier ones have written to GITHUB_ENV.
func TestWorkflowSteps(t *testing.T) {
	t.Parallel()
	k := &kitchen{folder: t.TempDir()}
	k.write(t, "package.json", `{"name": "app", "version": "1.0.0", "type": "module", "scripts": {"test": "node test.mjs"}}`)
	k.write(t, "package-lock.json", `{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "app", "version": "1.0.0"}}}`)
	k.write(t, "test.mjs", projectTest)
	github := filepath.Join(k.folder, "github.env")
	k.write(t, "github.env", "")
	env := append(without(os.Environ(), "TEGATA_", "LINE_"), "GITHUB_ENV="+github, "PATH="+bin(t)+":"+os.Getenv("PATH"),
		"TEGATA_LISTEN=127.0.0.1:"+freePort(t), "XDG_RUNTIME_DIR="+t.TempDir())
	for _, v := range env { // of the runner: the example's port may be taken here
		if address, ok := strings.CutPrefix(v, "TEGATA_LISTEN=127.0.0.1"); ok {
			env = append(env, "TEGATA_URL=http://localhost"+address)
		}
	}
	t.Cleanup(func() {
		pid, err := os.ReadFile(filepath.Join(k.folder, "tegata.pid"))
		if err == nil {
			_ = exec.Command("kill", "-INT", strings.TrimSpace(string(pid))).Run()
		}
	})
	ran := 0
	for _, s := range readWorkflow(t).Jobs["test"].Steps {
		if s.Run == "" || s.If != "" {
			continue
		}
		left, err := os.ReadFile(github)
		if err != nil {
			t.Fatal(err)
		}
		k.env = append(slices.Clone(env), strings.Split(strings.TrimSpace(string(left)), "\n")...)
		// A runner keeps what runs in the background; the pid is for our own end.
		script := strings.Replace(s.Run, "tegata.log 2>&1 &\n", "tegata.log 2>&1 &\necho $! >tegata.pid\n", 1)
		out, err := k.run(t, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		if err != nil {
			said, _ := os.ReadFile(filepath.Join(k.folder, "tegata.log"))
			t.Fatalf("step %q: %v\n%s\n%s", s.Name, err, out, said)
		}
		if ran++; s.Name == "Test the app" && !strings.Contains(out, "tested against http://localhost:") {
			t.Errorf("step %q ran no test:\n%s", s.Name, out)
		}
	}
	if ran != 3 {
		t.Errorf("%d steps were run, want three", ran)
	}
}

// bin returns a folder with tegata, and with a go that installs this tree in place of the
// latest release.
func bin(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	script := "#!/bin/sh\n[ \"$*\" = 'install github.com/tegata-id/tegata/cmd/tegata@latest' ] && exec cp '" + built.tegata + "' '" + folder + "/tegata'\necho \"go $*: not expected\" >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(folder, "go"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}
