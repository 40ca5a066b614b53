package pagecheck_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

var (
	built stage.Built
	axe   string // the script of axe-core
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tegata-pagecheck")
	if err == nil {
		built, err = stage.Build("../..", dir)
	}
	if err == nil {
		var script []byte
		script, err = os.ReadFile("npm/node_modules/axe-core/axe.min.js")
		axe = string(script)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pagecheck:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "pagecheck:", err)
	}
	os.Exit(code)
}
