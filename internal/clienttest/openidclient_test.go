package clienttest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// callback is registered on every channel of testdata/clients.yaml. Nothing listens there.
const callback = "http://127.0.0.1:9/callback"

// Channels of testdata/clients.yaml.
const (
	channelES256 = "2000000011"
	channelHS256 = "2000000012"
	channelLINE  = "2000000013" // HS256 unless id_token_key_type=JWK, as LINE does
)

// startClients starts a platform with that world and the base URL as its issuer.
func startClients(t *testing.T) *platform {
	t.Helper()
	return startPlatform(t, "--issuer", "own", "--seed", "testdata/clients.yaml")
}

// TestOpenIDClient logs in with openid-client from npm.
func TestOpenIDClient(t *testing.T) {
	t.Parallel()
	p := startClients(t)
	for _, c := range []struct{ channel, algorithm, how string }{
		{channelES256, "ES256", "post"},
		{channelES256, "ES256", "basic"},
		{channelHS256, "HS256", "post"},
		{channelLINE, "HS256", "basic"},
	} {
		t.Run(c.algorithm+" "+c.how, func(t *testing.T) {
			t.Parallel()
			n := startNode(t, "openid-client.mjs", p.BaseURL, c.channel, p.secret(t, c.channel), c.algorithm, c.how)
			var first struct{ Authorization string }
			n.read(t, &first)
			back := newAgent(t, nil).logIn(t, first.Authorization, callback, p.user(t, "hanako"))
			n.write(t, back.String())
			var got struct {
				Claims struct {
					Iss, Sub, Aud, Name, Picture, Email string
					AuthTime                            int64 `json:"auth_time"`
				}
				Userinfo                         struct{ Sub, Name, Picture string }
				Scope, Again, Revoked            string
				SameRefreshToken, NewAccessToken bool
			}
			n.read(t, &got)
			u := p.user(t, "hanako")
			if got.Claims.Iss != p.BaseURL || got.Claims.Sub != u.UserID || got.Claims.Aud != c.channel || got.Claims.Name != "鈴木 花子" || got.Claims.Email != u.Email || got.Claims.AuthTime == 0 {
				t.Errorf("claims %+v, want hanako's with auth_time", got.Claims)
			}
			if got.Userinfo.Sub != u.UserID || got.Userinfo.Name != "鈴木 花子" || got.Userinfo.Picture != got.Claims.Picture {
				t.Errorf("userinfo %+v, want hanako's", got.Userinfo)
			}
			if scopes := strings.Fields(got.Scope); !slices.Equal(scopes, []string{"openid", "profile"}) && !slices.Equal(scopes, []string{"profile", "openid"}) {
				t.Errorf("scope %q, want openid and profile, never email", got.Scope)
			}
			if !got.SameRefreshToken || !got.NewAccessToken {
				t.Errorf("after the refresh: same refresh token %v, new access token %v; want both", got.SameRefreshToken, got.NewAccessToken)
			}
			if !strings.Contains(got.Again, "invalid_grant") {
				t.Errorf("the code used again: %q, want invalid_grant", got.Again)
			}
			if got.Revoked == "accepted" {
				t.Error("userinfo took a revoked access token")
			}
		})
	}
}

// node is a script of the folder npm that talks with the test by lines of JSON.
type node struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	input interface{ Write([]byte) (int, error) }
	log   *lockedBuffer
}

// startNode runs a script until the test ends.
func startNode(t *testing.T, script string, args ...string) *node {
	t.Helper()
	n := &node{cmd: exec.Command("node", append([]string{script}, args...)...), log: &lockedBuffer{}}
	n.cmd.Dir = "npm"
	n.cmd.Stderr = n.log
	stdout, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if n.input, err = n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	n.lines = bufio.NewScanner(stdout)
	n.lines.Buffer(nil, 1<<20)
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(2*patience, func() { _ = n.cmd.Process.Kill() })
	t.Cleanup(func() {
		if t.Failed() {
			_ = n.cmd.Process.Kill()
		}
		err := n.cmd.Wait()
		timer.Stop()
		if err != nil && !t.Failed() {
			t.Errorf("node %s: %v\n%s", script, err, n.log)
		}
	})
	return n
}

// read reads the next line.
func (n *node) read(t *testing.T, out any) {
	t.Helper()
	if !n.lines.Scan() {
		t.Fatalf("node ended without an answer: %v\n%s", n.lines.Err(), n.log)
	}
	if err := json.Unmarshal(n.lines.Bytes(), out); err != nil {
		t.Fatalf("node said %q: %v", n.lines.Text(), err)
	}
}

// write sends a line.
func (n *node) write(t *testing.T, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(n.input, line); err != nil {
		t.Fatal(err)
	}
}
