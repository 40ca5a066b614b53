package recipetest_test

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// instruction is a line of a container file, with its continuations.
type instruction struct{ verb, rest string }

// stage is a stage of a container file, as its own lines say.
type stage struct {
	name, from string
	lines      []instruction
}

// readContainerfile reads the stages of container/Containerfile.
func readContainerfile(t *testing.T) []stage {
	t.Helper()
	text, err := os.ReadFile("../../container/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var stages []stage
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case verb == "" || strings.HasPrefix(verb, "#"):
		case verb == "FROM":
			words := strings.Fields(rest)
			if len(words) != 3 || words[1] != "AS" {
				t.Fatalf("FROM %s: want an image and a name", rest)
			}
			stages = append(stages, stage{name: words[2], from: words[0]})
		case len(stages) == 0:
			t.Fatalf("%s before the first FROM", verb)
		default:
			s := &stages[len(stages)-1]
			s.lines = append(s.lines, instruction{verb, rest})
		}
	}
	return stages
}

// image is what an engine would make of a stage.
type image struct {
	env               []string
	user              string
	dir               string
	entrypoint, start []string
	health            []string
	copies            []string // COPY without its verb
}

// list reads the JSON form of a command: the other one needs a shell.
func list(t *testing.T, text string) []string {
	t.Helper()
	var words []string
	if err := json.Unmarshal([]byte(text), &words); err != nil || len(words) == 0 {
		t.Fatalf("%q: want a list as JSON writes it: there is no shell in the image", text)
	}
	return words
}

// imageOf follows a stage and those that it is from.
func imageOf(t *testing.T, stages []stage, name string) image {
	t.Helper()
	for _, s := range stages {
		if s.name != name {
			continue
		}
		var i image
		if s.from != "scratch" {
			i = imageOf(t, stages, s.from)
		}
		for _, line := range s.lines {
			switch line.verb {
			case "ENV":
				i.env = append(i.env, strings.Fields(line.rest)...)
			case "USER":
				i.user = line.rest
			case "WORKDIR":
				i.dir = line.rest
			case "ENTRYPOINT":
				i.entrypoint = list(t, line.rest)
			case "CMD":
				i.start = list(t, line.rest)
			case "COPY":
				i.copies = append(i.copies, line.rest)
			case "HEALTHCHECK":
				_, cmd, ok := strings.Cut(line.rest, "CMD ")
				if !ok {
					t.Fatalf("HEALTHCHECK %s has no command", line.rest)
				}
				i.health = list(t, cmd)
			case "VOLUME", "EXPOSE":
			default:
				t.Fatalf("stage %s: %s is not allowed for: the image has nothing to run it with", name, line.verb)
			}
		}
		return i
	}
	t.Fatalf("no stage %s", name)
	return image{}
}

// TestContainer does by hand what an engine does with the container file.
func TestContainer(t *testing.T) {
	t.Parallel()
	stages := readContainerfile(t)
	if last := stages[len(stages)-1].name; last != "dev" {
		t.Errorf("the last stage is %s, want dev: what is built without --target", last)
	}
	src := buildStage(t, stages[0])
	for _, name := range []string{"dev", "serve"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := layOut(t, imageOf(t, stages, name), src)
			if name == "serve" {
				c.settings(t)
			}
			c.start(t)
			c.wantHealthy(t)
		})
	}
}

// buildStage copies what the build context has, runs the commands of the stage in an empty
// folder, and returns that.
func buildStage(t *testing.T, s stage) string {
	t.Helper()
	src := t.TempDir()
	for _, line := range s.lines {
		switch line.verb {
		case "WORKDIR":
			if line.rest != "/src" {
				t.Fatalf("WORKDIR %s, want /src", line.rest)
			}
		case "COPY":
			words := strings.Fields(line.rest)
			from, to := words[:len(words)-1], words[len(words)-1]
			if strings.TrimSuffix(to, "/") != "." {
				t.Fatalf("COPY %s: want it into the work folder", line.rest)
			}
			copyContext(t, src, from)
		case "RUN":
			cmd := exec.CommandContext(t.Context(), "sh", "-c", line.rest)
			cmd.Dir = src
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("RUN %s: %v\n%s", line.rest, err, out)
			}
		default:
			t.Fatalf("%s in the build stage: this test does not know what an engine does then", line.verb)
		}
	}
	return src
}

// copyContext copies files of the repository, without what the ignore file leaves out.
func copyContext(t *testing.T, to string, names []string) {
	t.Helper()
	args := append([]string{"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}, names...)
	ignore, err := os.ReadFile("../../container/Containerfile.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(ignore)) {
		args = append(args, ":(exclude,glob)"+strings.TrimSpace(line), ":(exclude,glob)"+strings.TrimSpace(line)+"/**")
	}
	git := exec.CommandContext(t.Context(), "git", args...)
	git.Dir = "../.."
	files, err := git.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	copied := 0
	for name := range strings.SplitSeq(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if errors.Is(err, os.ErrNotExist) {
			continue // removed, and not yet committed
		}
		target := filepath.Join(to, name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(target), 0o700)
		}
		if err == nil {
			err = os.WriteFile(target, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		copied++
	}
	if copied == 0 {
		t.Fatalf("COPY %v copied nothing", names)
	}
}

// container is an image laid out as a root directory.
type container struct {
	image
	root   string
	uid    int
	env    []string
	public string // URL of its public side, once it runs
}

// layOut makes the root directory of an image and looks at the binary in it.
func layOut(t *testing.T, i image, src string) *container {
	t.Helper()
	uid, gid, ok := strings.Cut(i.user, ":")
	n, err := strconv.Atoi(uid)
	if !ok || err != nil || n == 0 || gid != uid {
		t.Fatalf("USER %q, want two numbers that are not root's: an orchestrator must see it", i.user)
	}
	// Another user must get at it, which t.TempDir does not allow.
	root, err := os.MkdirTemp("", "tegata-image")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	c := &container{image: i, root: root, uid: n}
	for _, line := range i.copies {
		words := strings.Fields(line)
		owner, from, to := 0, words[len(words)-2], words[len(words)-1]
		if words[0] != "--from=build" {
			t.Fatalf("COPY %s: want it from the build stage", line)
		}
		if strings.HasPrefix(words[1], "--chown=") {
			owner = n
		}
		if below, ok := strings.CutPrefix(from, "/src/"); ok {
			from = filepath.Join(src, below)
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `mkdir -p "$(dirname "$2")" && cp -R "$1" "$2"`, "sh", from+dotOf(from), filepath.Join(root, to)).CombinedOutput()
		if err != nil {
			t.Fatalf("COPY %s: %v\n%s", line, err, out)
		}
		c.own(t, from, to, owner)
	}
	// Engines mount this into every container.
	if err := errors.Join(os.MkdirAll(filepath.Join(root, "etc"), 0o755), os.WriteFile(filepath.Join(root, "etc/hosts"), []byte("127.0.0.1 localhost\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	c.wantStatic(t)
	return c
}

// dotOf makes cp copy what is in a folder, not the folder.
func dotOf(from string) string {
	if info, err := os.Stat(from); err == nil && info.IsDir() {
		return "/."
	}
	return ""
}

// own gives what was copied its owner, and the mode that a build as root gives.
func (c *container) own(t *testing.T, from, to string, owner int) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(c.root, 0o755); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(from, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(c.root, to)
		if info.IsDir() {
			rel, _ := filepath.Rel(from, p)
			at = filepath.Join(at, rel)
		}
		if at == c.root {
			return nil
		}
		if os.Geteuid() == 0 {
			return os.Lchown(at, owner, owner)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantStatic wants a binary that asks for no library and no loader.
func (c *container) wantStatic(t *testing.T) {
	t.Helper()
	f, err := elf.Open(filepath.Join(c.root, c.entrypoint[0]))
	if err != nil {
		t.Fatalf("ENTRYPOINT: %v", err)
	}
	defer func() { _ = f.Close() }()
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) > 0 {
		t.Errorf("the binary wants the libraries %q, %v: the image has none", libraries, err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary wants a loader: the image has none")
		}
	}
}

// command is a process in the container: as its user in its root directory, if whoever
// runs the test may do that.
func (c *container) command(ctx context.Context, words []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	if os.Geteuid() == 0 {
		cmd.Env, cmd.Dir = c.env, c.dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: c.root, Credential: &syscall.Credential{Uid: uint32(c.uid), Gid: uint32(c.uid)}}
		return cmd
	}
	cmd.Path = filepath.Join(c.root, words[0])
	for _, v := range c.env {
		name, value, _ := strings.Cut(v, "=")
		if strings.HasPrefix(value, "/") {
			value = filepath.Join(c.root, value)
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// start starts the container with ports of the test's own, which its settings are
// variables for, until the test ends.
func (c *container) start(t *testing.T) {
	t.Helper()
	port, management := freePort(t), freePort(t)
	c.public = "http://127.0.0.1:" + port
	c.env = append(c.env, c.image.env...)
	if c.image.start[0] == "dev" {
		c.env = append(c.env, "TEGATA_LISTEN=127.0.0.1:"+port, "TEGATA_TLS_LISTEN=127.0.0.1:0", "TEGATA_DEMO_LISTEN=127.0.0.1:0", "TEGATA_URL=http://localhost:"+port)
	} else {
		c.env = append(c.env, "TEGATA_LISTEN=127.0.0.1:"+port, "TEGATA_MANAGEMENT_LISTEN=127.0.0.1:"+management, "TEGATA_URL=http://127.0.0.1:"+management)
	}
	args := c.image.start
	var said bytes.Buffer
	cmd := c.command(context.Background(), append(c.entrypoint, args...))
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %v: %v", args, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v after SIGTERM: %v", args, err)
		}
		if t.Failed() {
			t.Logf("it said:\n%s", &said)
		}
	})
}

// wantHealthy asks the health check, as an engine does: until it is true.
func (c *container) wantHealthy(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*patience)
	defer stop()
	for {
		cmd := c.command(ctx, c.health)
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("health check %v: %v\n%s", c.health, err, out)
		}
	}
	res, err := http.Get(c.public + "/oauth2/v2.1/certs")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("certs: status %d", res.StatusCode)
	}
	// Nobody is at another port, and the check must say so.
	sick := *c
	sick.env = append(append([]string(nil), c.env...), "TEGATA_URL=http://127.0.0.1:1")
	if out, err := sick.command(ctx, c.health).CombinedOutput(); err == nil {
		t.Errorf("the health check of nobody is good\n%s", out)
	}
}

// settings writes those of a service behind a proxy on the same machine.
func (c *container) settings(t *testing.T) {
	t.Helper()
	etc := filepath.Join(c.root, "etc", "tegata")
	if err := os.MkdirAll(etc, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "baseUrl: https://id.example.com\nproxy:\n  trusted: [127.0.0.1]\n"
	if err := os.WriteFile(filepath.Join(etc, "tegata.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	// Made by the image itself, as the guide says.
	c.env = append([]string(nil), c.image.env...)
	file, to := "/etc/tegata/master.key", "/etc/tegata/master.key"
	if os.Geteuid() == 0 {
		if err := os.Chown(etc, c.uid, c.uid); err != nil {
			t.Fatal(err)
		}
	} else {
		to = filepath.Join(c.root, file)
	}
	out, err := c.command(t.Context(), append(c.entrypoint, "keys", "new-master", "--to", to)).CombinedOutput()
	if err != nil {
		t.Fatalf("keys new-master: %v\n%s", err, out)
	}
	c.env = []string{"TEGATA_MASTER_KEY_FILE=" + file}
}

// freePort returns a port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err = errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	return port
}
