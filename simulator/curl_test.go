package simulator_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/simulator"
)

// TestCurl: a command that somebody copies gives curl what was sent, and does nothing else,
// whatever a page or an app has put into its call.
func TestCurl(t *testing.T) {
	t.Parallel()
	token := "tga_A" + strings.Repeat("x", 80)
	for name, c := range map[string]struct {
		method, target, header, body string
		want                         []string
	}{
		"plain":      {"GET", "/v2/profile", "", "", []string{"-i", "-g", "http://localhost:4800/v2/profile"}},
		"tokens":     {"POST", "/x?t=" + token + "&a=1", "Bearer " + token, `{"a":"` + token + `"}`, []string{"-i", "-g", "-X", "POST", "-H", "X-Tea: Bearer AT", "--data-raw", `{"a":"AT"}`, "http://localhost:4800/x?t=AT&a=1"}},
		"command":    {"GET", "/v2/profile?x=$(touch${IFS}pwned)`touch${IFS}pwned`", "$(touch pwned)", "", []string{"-i", "-g", "-H", "X-Tea: $(touch pwned)", "http://localhost:4800/v2/profile?x=$(touch${IFS}pwned)`touch${IFS}pwned`"}},
		"quotes":     {"PUT", "/'$(touch${IFS}pwned)'\"", `';touch pwned;'"\`, "';touch pwned\n\"$HOME\\", []string{"-i", "-g", "-X", "PUT", "-H", `X-Tea: ';touch pwned;'"\`, "--data-raw", "';touch pwned\n\"$HOME\\", "http://localhost:4800/%27$%28touch$%7BIFS%7Dpwned%29%27%22"}},
		"method":     {"`touch$IFS$9pwned`", "/", "", "", []string{"-i", "-g", "-X", "`touch$IFS$9pwned`", "http://localhost:4800/"}},
		"terminal":   {"POST", "/", "", "\x03\x1b[201~\ntouch pwned\n\tx\u009b\u202e!!\xff7", []string{"-i", "-g", "-X", "POST", "--data-raw", "\x03\x1b[201~\ntouch pwned\n\tx\u009b\u202e!!\xff7", "http://localhost:4800/"}},
		"a variable": {"GET", "/?a=$ACCESS_TOKEN", "", "", []string{"-i", "-g", "http://localhost:4800/?a=$ACCESS_TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.ParseRequestURI(c.target)
			if err != nil {
				t.Fatal(err)
			}
			header := http.Header{}
			if c.header != "" {
				header.Set("X-Tea", c.header)
			}
			text := simulator.Curl("http://localhost:4800", c.method, u, header, []byte(c.body))
			if strings.Contains(text, token) {
				t.Errorf("the command holds the token: %s", text)
			}
			sh := exec.CommandContext(t.Context(), "bash", "-c", "ACCESS_TOKEN=AT\ncurl() { printf '%s\\0' \"$@\"; }\n"+text)
			sh.Dir = t.TempDir()
			out, err := sh.CombinedOutput()
			if err != nil {
				t.Fatalf("%s\n%v: %s", text, err, out)
			}
			got := strings.Split(strings.TrimSuffix(string(bytes.ToValidUTF8(out, []byte("?"))), "\x00"), "\x00")
			want := slices.Clone(c.want)
			for i := range want {
				want[i] = strings.ToValidUTF8(want[i], "?")
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s\ngives curl\n%q, want\n%q", text, got, want)
			}
			if made, err := filepath.Glob(filepath.Join(sh.Dir, "*")); err != nil || len(made) > 0 {
				t.Errorf("%s\ndid more than call curl: %q, %v", text, made, err)
			}
		})
	}
}

// shellWord is the form of every word: parts between quotes that need no more reading than
// up to the next quote, and the two variables.
var shellWord = regexp.MustCompile(`^('[^'!\p{Cc}]*'|\$'([^'\\!\p{Cc}]|\\['\\]|\\[0-3][0-7]{2})*'|"\$(ACCESS|ID)_TOKEN")*$`)

func FuzzWord(f *testing.F) {
	for _, s := range []string{"", "tea", "it's", "$(x)`y`\\", "a!b", "\x1b[201~\n", "\xff", "tga_" + strings.Repeat("x", 40) + "'", "eyJa.b.c!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := simulator.Word(text); !shellWord.MatchString(got) {
			t.Errorf("%q becomes %s", text, got)
		}
	})
}
