package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/strictyaml"
)

type inner struct {
	Callback []string `yaml:"callback"`
}

type file struct {
	Name   string  `yaml:"name"`
	Listen int     `yaml:"listen"`
	Many   []inner `yaml:"many"`
}

func TestUnmarshal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"good", "name: a\nlisten: 3\nmany: [{callback: [x]}]\n", ""},
		{"empty", "", ""},
		{"unknown key with a near one", "name: a\nlisten: 1\nmany:\n  - calback: [x]\n", `f.yaml:4: unknown key "calback"; did you mean "callback"?`},
		{"unknown key far from all", "name: a\nzzzzzzzz: 1\n", `f.yaml:2: unknown key "zzzzzzzz"`},
		{"repeated key", "name: a\nname: b\n", "f.yaml:2: "},
		{"wrong type", "name: a\nlisten: [1]\n", "f.yaml:2: "},
		{"syntax", "name: [a\n", "f.yaml:1: "},
		{"two documents", "name: a\n---\nname: b\n", "f.yaml: holds more than one document"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var v file
			err := strictyaml.Unmarshal("f.yaml", []byte(tt.in), &v)
			switch {
			case tt.want == "" && err != nil:
				t.Fatalf("Unmarshal(%q): %v", tt.in, err)
			case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)):
				t.Fatalf("Unmarshal(%q): got error %v, want %q", tt.in, err, tt.want)
			}
		})
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte("name: a\nmany: [{callback: [x]}]\n"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v file
		if err := strictyaml.Unmarshal("f", data, &v); err != nil && err.Error() == "" {
			t.Fatal("an error without words")
		}
	})
}
