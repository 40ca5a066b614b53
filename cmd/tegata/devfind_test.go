package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestAppAuto: --app auto takes the one dev server that runs, and says what to do if there
// is none or more than one.
func TestAppAuto(t *testing.T) {
	t.Parallel()
	port := func(app string) int {
		u, err := url.Parse(app)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(u.Port())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	app, other := devApp(t, "127.0.0.1"), devApp(t, "127.0.0.1")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	none := portOf(closed.Addr())
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	c := devCmd{App: []string{"http://localhost:1", "auto"}}
	var told strings.Builder
	got, err := c.findApps(t.Context(), nil, []int{none, port(app)}, streams{io.Discard, &told})
	if want := []string{"http://localhost:1", app}; err != nil || !slices.Equal(got, want) || told.String() != "found "+app+"   tea shop\n" {
		t.Errorf("one: %v, %v; %q", got, err, told.String())
	}
	for name, try := range map[string]struct {
		own, look  []int
		code       int
		says, next string
	}{
		"none":    {nil, []int{none}, exitUnreachable, "looked at " + strconv.Itoa(none), "start your dev server first"},
		"ours":    {[]int{port(app)}, []int{port(app)}, exitUnreachable, "no dev server answers", "--app http://localhost:PORT"},
		"several": {nil, []int{port(app), port(other)}, exitUsage, "\n  " + other + "   tea shop", "say which: --app " + app},
	} {
		_, err := c.findApps(t.Context(), try.own, try.look, streams{io.Discard, io.Discard})
		var f *failure
		if !errors.As(err, &f) || f.code != try.code || !strings.Contains(err.Error(), try.says) || !strings.Contains(f.next, try.next) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Of several, the one of the framework in the folder of --write-env.
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(`{"devDependencies":{"vite":"8"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	vite := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<script type="module" src="/@vite/client"></script>`)
	}))
	defer vite.Close()
	c.WriteEnv = filepath.Join(folder, ".env.local")
	got, err = c.findApps(t.Context(), nil, []int{port(app), port(vite.URL), port(other)}, streams{io.Discard, io.Discard})
	if want := strings.Replace(vite.URL, "127.0.0.1", "localhost", 1); err != nil || got[1] != want {
		t.Errorf("the one of the framework: %v, %v; want %s", got, err, want)
	}
	if got, err := (devCmd{App: []string{app}}).findApps(t.Context(), nil, nil, streams{}); err != nil || !slices.Equal(got, []string{app}) {
		t.Errorf("without auto: %v, %v", got, err)
	}
}
