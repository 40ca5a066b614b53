package envfile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/envfile"
)

var liffID = []envfile.Variable{{Name: "VITE_LIFF_ID", Value: "2000000001-app00001"}, {Name: "LIFF_ID", Value: "2000000001-app00001"}}

const block = "# tegata dev: begin. Replaced at each start of tegata dev --write-env\n" +
	"VITE_LIFF_ID=2000000001-app00001\nLIFF_ID=2000000001-app00001\n# tegata dev: end\n"

func TestReplace(t *testing.T) {
	t.Parallel()
	old := "# tegata dev: begin\nVITE_LIFF_ID=x\n\nNEXT_PUBLIC_LIFF_ID=y\nTEGATA_URL=http://localhost:4800\n# tegata dev: end\n"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for name, c := range map[string]struct{ text, want string }{
		"nothing":               {"", block},
		"other lines":           {"A=1\n# mine\n", "A=1\n# mine\n" + block},
		"no end of line":        {"A=1", "A=1\n" + block},
		"Windows":               {"A=1\r\n", "A=1\r\n" + crlf(block)},
		"Windows, no end":       {"A=1\r\nB=2", "A=1\r\nB=2\r\n" + crlf(block)},
		"ours, older":           {"A=1\n" + old + "B=2\n", "A=1\n" + block + "B=2\n"},
		"ours, Windows":         {crlf(old), crlf(block)},
		"ours, the same":        {"A=1\n" + block + "B=2", "A=1\n" + block + "B=2"},
		"byte order mark":       {"\uFEFFA=1\n", "\uFEFFA=1\n" + block},
		"byte order mark alone": {"\uFEFF", "\uFEFF" + block},
		"longer names":          {"MY_VITE_LIFF_ID=1\nVITE_LIFF_ID2=1\n#VITE_LIFF_ID=1\n", "MY_VITE_LIFF_ID=1\nVITE_LIFF_ID2=1\n#VITE_LIFF_ID=1\n" + block},
		"in a value":            {"KEY=\"a\nVITE_LIFF_ID=1\n# tegata dev: end\n\"\n", "KEY=\"a\nVITE_LIFF_ID=1\n# tegata dev: end\n\"\n" + block},
		"escaped quote":         {"K='it\\'s\nLIFF_ID=1'\n", "K='it\\'s\nLIFF_ID=1'\n" + block},
		"open quote":            {"K=\"open\nA=1\n", "K=\"open\nA=1\n" + block},
	} {
		got, err := envfile.Replace([]byte(c.text), liffID)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		line int
		says string
	}{
		"set by hand":          {"A=1\nVITE_LIFF_ID=1\n", 2, "sets VITE_LIFF_ID already"},
		"exported":             {"  export LIFF_ID = 1", 1, "sets LIFF_ID already"},
		"with a colon":         {"LIFF_ID: 1", 1, "sets LIFF_ID already"},
		"empty":                {"LIFF_ID=", 1, "sets LIFF_ID already"},
		"byte order mark":      {"\uFEFFLIFF_ID=1", 1, "sets LIFF_ID already"},
		"after a long value":   {"K='a\nb'\nLIFF_ID=1", 3, "sets LIFF_ID already"},
		"after our block":      {block + "LIFF_ID=1", 5, "sets LIFF_ID already"},
		"after an open quote":  {"K='a\nLIFF_ID=1", 2, "sets LIFF_ID already"},
		"after a bare return":  {"A=1\rLIFF_ID=1", 2, "sets LIFF_ID already"},
		"no end":               {"A=1\n# tegata dev: begin\nLIFF_ID=1\n", 2, "does not end"},
		"no beginning":         {"# tegata dev: end\n", 1, "does not begin"},
		"two blocks":           {block + block, 5, "second block"},
		"one inside the other": {"# tegata dev: begin\n# tegata dev: begin\n# tegata dev: end\n", 2, "second block"},
		"a stranger in it":     {"# tegata dev: begin\nAPI_KEY=secret\n# tegata dev: end\n", 2, "move it out"},
		"a remark in it":       {"# tegata dev: begin\n# mine\n# tegata dev: end\n", 2, "move it out"},
		"a quoted value in it": {"# tegata dev: begin\nLIFF_ID='1\nx'\n# tegata dev: end\n", 2, "move it out"},
	} {
		got, err := envfile.Replace([]byte(c.text), liffID)
		var conflict *envfile.Conflict
		if !errors.As(err, &conflict) || conflict.Line != c.line || !strings.Contains(err.Error(), c.says) || got != nil {
			t.Errorf("%s: %q, %v; want line %d: %s", name, got, err, c.line, c.says)
		}
	}
}

// FuzzReplace: what others wrote stays, and a second start changes nothing.
func FuzzReplace(f *testing.F) {
	for _, s := range []string{"", "A=1\r\nB='x\ny'\n", block, "A=1\n" + block + "B=2", "\uFEFFexport X=`\n", "# tegata dev: begin\n\n# tegata dev: end", "K=\"\\", "LIFF_ID:"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := envfile.Replace(text, liffID)
		if err != nil {
			if once != nil {
				t.Fatal("an error and a text")
			}
			return
		}
		twice, err := envfile.Replace(once, liffID)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q: %q, then %q, %v", text, once, twice, err)
		}
		ours := []byte(block)
		if bytes.Contains(text, []byte("\r\n")) {
			ours = bytes.ReplaceAll(ours, []byte("\n"), []byte("\r\n"))
		}
		before, after, found := bytes.Cut(once, ours)
		if !found {
			t.Fatalf("%q has no block", once)
		}
		// At most an end of line and an older block of ours are the difference.
		if !bytes.HasPrefix(text, bytes.TrimSuffix(bytes.TrimSuffix(before, []byte("\n")), []byte("\r"))) || !bytes.HasSuffix(text, after) {
			t.Fatalf("%q became %q", text, once)
		}
		if old := bytes.TrimSuffix(bytes.TrimPrefix(text, before), after); len(old) > 0 && !bytes.Contains(old, []byte("# tegata dev: begin")) && !bytes.Equal(append(old, '\n'), before) && len(after) > 0 {
			t.Fatalf("%q lost %q", text, old)
		}
	})
}
