package vitetest_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

var built stage.Built

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tegata-vitetest")
	if err == nil {
		built, err = stage.Build("../..", dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "vitetest:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "vitetest:", err)
	}
	os.Exit(code)
}
