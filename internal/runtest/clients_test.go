package runtest_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// got is what each of the servers prints.
type got struct {
	Verified, Profile string // user IDs
	Other             int    // status of the other site
}

// TestServers runs what a LIFF app's server does, by each client: the ID token and the
// access token are verified at https://api.line.me, and the other site is reached through
// the user's own proxy under the user's own authority.
func TestServers(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	idToken, userID := w.mint(t, "id_token")
	accessToken, _ := w.mint(t, "access_token")
	tokens := []string{w.ChannelID, idToken, accessToken}
	for name, command := range map[string][]string{
		"Go":                          {built.goServer},
		"curl":                        {"sh", "testdata/server.sh"},
		"PHP curl":                    {"php", "testdata/server.php"},
		"Python requests":             {built.python, "python/server.py", "requests"},
		"Python urllib":               {built.python, "python/server.py", "urllib"},
		"Node axios":                  {"node", "npm/server.mjs", "axios"},
		"Node axios in absolute form": {"node", "npm/server.mjs", "absolute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := got{userID, userID, http.StatusAccepted}
			w.serves(t, want, slices.Concat(command, tokens, []string{otherSite})...)
		})
	}
	// Node's own clients know no proxy: they reach what they would have reached.
	for _, client := range []string{"fetch", "https", "named", "http2", "worker"} {
		t.Run("Node "+client, func(t *testing.T) {
			t.Parallel()
			w.serves(t, got{userID, userID, 0}, slices.Concat([]string{"node", "npm/server.mjs", client}, tokens)...)
		})
	}
	t.Cleanup(func() {
		asked := w.tunnels()
		if len(asked) == 0 || slices.ContainsFunc(asked, func(s string) bool { return s != "CONNECT example.com:443" }) {
			t.Errorf("the user's own proxy was asked %q, want the other site alone", asked)
		}
	})
}

// serves runs a server and wants what it prints.
func (w *world) serves(t *testing.T, want got, args ...string) {
	t.Helper()
	out := output(t, w.command(t, args...))
	var have got
	if err := json.Unmarshal([]byte(out), &have); err != nil || have != want {
		t.Errorf("%+v, %v; want %+v", have, err, want)
	}
}

// TestWithoutRun: the same server without tegata run does not reach the platform, so what
// the others show is tegata run's doing.
func TestWithoutRun(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	cmd := w.command(t, "curl", "-sS", "https://api.line.me/oauth2/v2.1/certs")
	cmd.Args = cmd.Args[3:]
	var err error
	if cmd.Path, err = exec.LookPath("curl"); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.Output(); err == nil {
		t.Errorf("without tegata run: %s", out)
	}
	if asked := w.tunnels(); !slices.Equal(asked, []string{"CONNECT api.line.me:443"}) {
		t.Errorf("the user's own proxy was asked %q", asked)
	}
}

// TestNodeOptionsOfTheUser: what the user has Node.js load is loaded too.
func TestNodeOptionsOfTheUser(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	own := filepath.Join(t.TempDir(), "own.cjs")
	if err := os.WriteFile(own, []byte("console.log('own preload')\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := w.command(t, "node", "-e", `fetch("https://access.line.me/.well-known/openid-configuration").then((r) => r.json()).then((d) => console.log(d.issuer))`)
	cmd.Env = append(cmd.Env, "NODE_OPTIONS=--require="+own)
	if out := output(t, cmd); out != "own preload\nhttps://access.line.me\n" {
		t.Errorf("%q", out)
	}
}

// TestNodeVerifies: Node.js is led to the platform, and still verifies who it is: another
// server at its place is refused.
func TestNodeVerifies(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	script := `
		const fs = require("node:fs");
		const preload = process.env.NODE_OPTIONS.split("--require=").pop();
		const settings = preload.replace("preload.cjs", "platform.json");
		fs.writeFileSync(settings, JSON.stringify({ ...JSON.parse(fs.readFileSync(settings)), port: process.argv[1] }));
		const again = require("node:child_process").spawnSync(process.execPath, ["-e",
			'fetch("https://api.line.me/").then(() => console.log("taken"), (e) => console.log(e.cause.code))'], { encoding: "utf8" });
		console.log(again.stdout.trim());`
	imposter := newImposter(t)
	if out := output(t, w.command(t, "node", "-e", script, imposter)); !strings.Contains(out, "CERT") {
		t.Errorf("%q, want an error of the certificate", out)
	}
}

// TestLIFFCLI creates and lists LIFF apps with LINE's own command line.
func TestLIFFCLI(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	first := w.command(t, "sh", "-c", `
		set -e
		cli="node npm/node_modules/@line/liff-cli/index.js"
		printf '%s\n' "$2" | $cli channel add "$1" >/dev/null
		$cli app create --channel-id "$1" --name "made by liff-cli" --endpoint-url https://example.com/app --view-type tall
		$cli app list --channel-id "$1"`, "sh", w.ChannelID, w.ChannelSecret)
	out := output(t, first)
	id, rest, ok := strings.Cut(after(out, "Successfully created LIFF app: "), "\n")
	if !ok || !strings.HasPrefix(id, w.ChannelID+"-") || !strings.Contains(rest, id+": made by liff-cli") {
		t.Errorf("%q, want a LIFF app of channel %s created and listed", out, w.ChannelID)
	}
	if asked := w.tunnels(); len(asked) > 0 {
		t.Errorf("the user's own proxy was asked %q", asked)
	}
}

// after returns what comes after a text.
func after(s, text string) string {
	_, rest, _ := strings.Cut(s, text)
	return rest
}
