package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestManageMistakes: bad input gets the exit code of its kind, and the last line of the
// error is the next step.
func TestManageMistakes(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t)
	channel := r.env.ChannelID
	for _, tt := range []struct {
		args string
		code int
		said string // in the error
		next string // in its last line
	}{
		{"provider create", exitUsage, "missing flags: --name", "tegata provider create --help"},
		{"provider show 77", exitNegative, `no provider "77"`, "tegata provider list"},
		{"provider delete 77", exitRefused, "removing provider 77", "--yes"},
		{"channel create --provider 77 --name x", exitNegative, `no provider "77"`, "tegata provider list"},
		{"channel create --provider 100 --name x --id x", exitNegative, "is not a number", "1 to 20 digits"},
		{"channel update " + channel + " --callback http://shop.example/", exitNegative, "http on another machine", "use https"},
		{"channel update " + channel + " --callback https://*.example/", exitNegative, "wildcard", "each URL by itself"},
		{"channel update " + channel + " --role hanako", exitUsage, "is not USER=ROLE", "--role hanako@example.com=tester"},
		{"channel update " + channel + " --status open", exitNegative, `status "open"`, "developing, published"},
		{"channel delete " + channel, exitRefused, "revokes every token", "--yes"},
		{"channel secret rotate " + channel + " --grace 1000h", exitNegative, "out of bounds", "--grace 24h"},
		{"liff create --channel " + channel + " --endpoint-url http://shop.example/", exitNegative, "http on another machine", "use https"},
		{"liff update " + channel + "-none0000 --view tall", exitNegative, "no LIFF app", "tegata liff list"},
		{"user create --name x", exitNegative, "to log in by", "--email or --handle"},
		{"user invite hanako@example.com --name Hanako", exitNegative, "a user already, with a password", "tegata user reset-password hanako@example.com"},
		{"user invite rin@example.com --name Rin --expires 0s", exitUsage, "--expires 0s", "such as 1h or 7d"},
		{"user show rin@example.com", exitNegative, "no user", "tegata user list"},
		{"user list --limit 1000", exitNegative, "from 1 to 200", "leave it out"},
		{"user delete nobody --yes", exitNegative, `no user "nobody"`, "tegata user list"},
		{"admin token create --name x --expires 1s", exitNegative, "out of bounds", "one minute"},
		{"admin token create --name x --expires 300ms", exitNegative, "out of bounds", "one minute"},
		{"admin token create --name x --expires -1d", exitNegative, "out of bounds", "one minute"},
		{"admin token create --name x --expires soon", exitUsage, "is no duration: write it like 90s", "tegata admin token create --help"},
		{"admin token revoke none", exitNegative, `no admin token "none"`, "tegata admin token list"},
		{"keys list --token wrong", exitNegative, "missing or wrong", "TEGATA_ADMIN_TOKEN"},
		{"keys list --url ftp://localhost", exitUsage, "is no http or https URL", "http://localhost:4800"},
		{"keys list --url http://localhost:99999", exitUsage, "is no http or https URL", "http://localhost:4800"},
		{"keys list --url http://me:hidden@localhost:1", exitUsage, "has a user name or a password", "--token"},
		{"keys list --url http://me:hidden@localhost:x", exitUsage, "cannot be read as a URL", "http://localhost:4800"},
		{"keys list --url http://localhost:1 --token x", exitUnreachable, "no tegata answers", "start it with"},
	} {
		args := strings.Fields(tt.args)
		if !strings.Contains(tt.args, "--url") {
			args = append(args, "--url", r.env.BaseURL)
		}
		var out, talk strings.Builder
		code := run(t.Context(), args, &out, &talk)
		lines := strings.Split(strings.TrimSpace(talk.String()), "\n")
		if strings.Contains(talk.String(), "hidden") {
			t.Errorf("tegata %s shows the password: %s", tt.args, talk.String())
		}
		if code != tt.code || !strings.Contains(talk.String(), tt.said) || !strings.Contains(lines[len(lines)-1], tt.next) || out.Len() > 0 {
			t.Errorf("tegata %s: exit %d, want %d; it says\n%s\nwant %q, and %q in the last line", tt.args, code, tt.code, talk.String(), tt.said, tt.next)
		}
	}
}

// TestManageLists: a list of flags replaces the list before, and an empty one removes it.
func TestManageLists(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t)
	for _, step := range []struct{ flags, callbacks, roles string }{
		{"--callback https://a.example/?x=1,2 --callback http://localhost:1/ --role taro=tester --role mei@example.com=member", `["https://a.example/?x=1,2","http://localhost:1/"]`, `{"p-mei":"member","p-taro":"tester"}`},
		{"--callback https://b.example/", `["https://b.example/"]`, `{"p-mei":"member","p-taro":"tester"}`},
		{"--callback= --role=", `[]`, `{}`},
	} {
		var out, talk strings.Builder
		args := append([]string{"channel", "update", r.env.ChannelID, "--json", "--url", r.env.BaseURL}, strings.Fields(step.flags)...)
		if code := run(t.Context(), args, &out, &talk); code != 0 {
			t.Fatalf("%s: exit %d\n%s", step.flags, code, talk.String())
		}
		var c struct{ CallbackURLs, Roles json.RawMessage }
		if err := json.Unmarshal([]byte(out.String()), &c); err != nil {
			t.Fatal(err)
		}
		compact := strings.NewReplacer("\n", "", " ", "")
		if got := compact.Replace(string(c.CallbackURLs)); got != step.callbacks {
			t.Errorf("%s: callbacks %s, want %s", step.flags, got, step.callbacks)
		}
		if got := compact.Replace(string(c.Roles)); got != step.roles {
			t.Errorf("%s: roles %s, want %s", step.flags, got, step.roles)
		}
	}
}
