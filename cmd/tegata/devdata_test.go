package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/sqlite"
)

// client returns a client of the control API of a running platform.
func (r running) client(t *testing.T) *control.Client {
	t.Helper()
	c, err := target.Target{URL: r.env.BaseURL}.Client()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mint makes a token at a running platform.
func (r running) mint(t *testing.T, kind string) string {
	t.Helper()
	minted, err := r.client(t).MintToken(t.Context(), control.Mint{Kind: kind, Scopes: []string{"openid"}}) // the URL of a picture has the port in it
	if err != nil {
		t.Fatal(err)
	}
	return minted.Token
}

// refusedDev runs tegata dev, which must not start, and returns what it tells.
func refusedDev(t *testing.T, code int, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var told strings.Builder
	if got := run(ctx, append([]string{"dev", "--listen", "127.0.0.1:0", "--log-level", "error"}, args...), io.Discard, &told); got != code {
		t.Errorf("tegata dev %v: exit %d, want %d: %s", args, got, code, told.String())
	}
	return told.String()
}

// TestDevData: with --data, what was made lives on in the next start, which adds what its
// flags say and nothing else; secrets are sealed by a key that lies elsewhere.
func TestDevData(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("CONFIGURATION_DIRECTORY", filepath.Join(folder, "config"))
	t.Setenv("STATE_DIRECTORY", filepath.Join(folder, "state"))
	file, key := filepath.Join(folder, "tea.db"), filepath.Join(folder, "config", "dev.key")

	first := startForTest(t, "--data", file)
	name, handle := "茶子", "chako"
	if _, err := first.client(t).Users().Create(t.Context(), control.UserChange{Name: &name, Handle: &handle}); err != nil {
		t.Fatal(err)
	}
	token := first.mint(t, "access_token")
	if told := refusedDev(t, exitConfig, "--data", file); !strings.Contains(told, "end the tegata that uses it") {
		t.Errorf("a second tegata dev on the file: %s", told)
	}
	if code := first.stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, path := range []string{file, key} {
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", path, info, err)
		}
	}
	second := startForTest(t, "--data", file, "--app", "http://localhost:5173", "--callback", "http://localhost:9/cb")
	if n := len(second.env.Users); n != 8 || len(second.env.LIFFApps) != len(first.env.LIFFApps)+1 || second.env.LIFFApps[0].EndpointURL != "http://localhost:5173/" {
		t.Errorf("the second start: %d users, apps %+v", n, second.env.LIFFApps)
	}
	if calls := second.env.Channels[0].CallbackURLs; calls[len(calls)-1] != "http://localhost:9/cb" || second.env.ChannelSecret != first.env.ChannelSecret {
		t.Errorf("the second start: callbacks %v", calls)
	}
	if status, text := body(t, second.env.BaseURL+"/oauth2/v2.1/verify?access_token="+token); status != http.StatusOK {
		t.Errorf("a token of the first start: %d %s", status, text)
	}
	// The demo app has another port now, and is found there.
	if status, _ := body(t, servedAt(second.env.LIFFApps[1])); status != http.StatusOK {
		t.Errorf("the demo app at %s: %d", servedAt(second.env.LIFFApps[1]), status)
	}
	if code := second.stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	third := startForTest(t, "--data", file, "--app", "http://localhost:3000/shop")
	if app := third.env.LIFFApps[0]; app.EndpointURL != "http://localhost:3000/shop" || len(third.env.LIFFApps) != len(second.env.LIFFApps) {
		t.Errorf("the third start: %+v of %d apps", app, len(third.env.LIFFApps))
	}
	if code := third.stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	refuseData(t, folder, file, key)
}

// refuseData tries files and keys that do not belong together.
func refuseData(t *testing.T, folder, file, key string) {
	t.Helper()
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if told := refusedDev(t, exitRefused, "--data", file); !strings.Contains(told, "the key that seals it") {
		t.Errorf("without its key: %s", told)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a key was made for a file that is sealed by another")
	}
	if _, err := masterkey.Make(key); err != nil {
		t.Fatal(err)
	}
	if told := refusedDev(t, exitRefused, "--data", file); !strings.Contains(told, "not of this user's tegata dev") {
		t.Errorf("with another key: %s", told)
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}
	// A store of tegata serve, whose people would be logged in by one click.
	other := filepath.Join(folder, "serve.db")
	st, err := sqlite.Open(t.Context(), sqlite.Config{Path: other})
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := platform.NewSealers(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p, err := platform.New(t.Context(), platform.Config{Store: st, Sealer: sealer, BaseURL: "https://id.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	refusedDev(t, exitRefused, "--data", other)
	if runtime.GOOS != "windows" {
		if err := os.Chmod(key, 0o644); err != nil {
			t.Fatal(err)
		}
		if told := refusedDev(t, exitRefused, "--data", file); !strings.Contains(told, "chmod 600") {
			t.Errorf("a key that others may read: %s", told)
		}
	}
}

// TestDevDeterministic: the same text and clock give the same keys and tokens; another text
// gives others.
func TestDevDeterministic(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	story := func(text string) string {
		r := startForTest(t, "--deterministic", text, "--clock", "2027-01-01T09:00:00+09:00", "--freeze")
		defer r.stop()
		_, keys := body(t, r.env.BaseURL+"/oauth2/v2.1/certs")
		return strings.Join([]string{keys, r.mint(t, "id_token"), r.mint(t, "access_token"), r.mint(t, "refresh_token")}, "\n")
	}
	first := story("tea")
	if again := story("tea"); again != first {
		t.Errorf("two runs differ:\n%s\n%s", first, again)
	}
	other := story("rice")
	for i, line := range strings.Split(first, "\n") {
		if strings.Split(other, "\n")[i] == line {
			t.Errorf("another text gives the same: %s", line)
		}
	}
	for _, args := range [][]string{{"--data", filepath.Join(t.TempDir(), "x.db")}, {"--allow-remote"}, {"--lan"}} {
		code := exitRefused
		if args[0] == "--data" {
			code = exitUsage
		}
		refusedDev(t, code, append(args, "--deterministic", "tea")...)
	}
	refusedDev(t, exitRefused, "--lan", "--data", filepath.Join(t.TempDir(), "x.db"))
}

// TestDevClock: the clock begins where it is told to, and runs unless it is frozen.
func TestDevClock(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	at := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, frozen := range []bool{false, true} {
		args := []string{"--clock", at.Format(time.RFC3339)}
		if frozen {
			args = append(args, "--freeze")
		}
		r := startForTest(t, args...)
		clock, err := r.client(t).LabClock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if ahead := clock.Now.Sub(at); clock.Frozen != frozen || ahead < 0 || ahead > time.Hour || frozen && ahead != 0 {
			t.Errorf("frozen %t: %+v", frozen, clock)
		}
		var doc struct {
			Keys []struct{} `json:"keys"`
		}
		if _, text := body(t, r.env.BaseURL+"/oauth2/v2.1/certs"); json.Unmarshal([]byte(text), &doc) != nil || len(doc.Keys) == 0 {
			t.Errorf("frozen %t: keys %s", frozen, text)
		}
		r.stop()
	}
	if told := refusedDev(t, exitUsage, "--clock", "tomorrow"); !strings.Contains(told, "--clock") {
		t.Errorf("no time: %s", told)
	}
}
