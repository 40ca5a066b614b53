package childenv_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/childenv"
)

// names are LINE's here.
var names = []string{"api.line.me", "static.line-scdn.net"}

// Certificates, which nothing here looks into.
const (
	systemPEM = "-----BEGIN CERTIFICATE-----\nsystem\n-----END CERTIFICATE-----"
	ownPEM    = "-----BEGIN CERTIFICATE-----\nown\n-----END CERTIFICATE-----\n"
	linePEM   = "-----BEGIN CERTIFICATE-----\nline\n-----END CERTIFICATE-----\n"
)

// file writes a file of the test.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// newEnvironment returns the environment, by name, that is made of one.
func newEnvironment(t *testing.T, own ...string) (vars map[string]string, folder string) {
	t.Helper()
	folder = t.TempDir()
	list, err := childenv.New(childenv.Config{
		Environ: own, Folder: folder, ProxyURL: "http://tegata:geheim@127.0.0.1:9", Names: names,
		Platform: "127.0.0.1:4433", CAPEM: []byte(linePEM), RootFiles: []string{filepath.Join(folder, "none"), file(t, systemPEM)},
	})
	if err != nil {
		t.Fatal(err)
	}
	vars = map[string]string{}
	for _, v := range list {
		name, value, _ := strings.Cut(v, "=")
		if _, twice := vars[name]; twice {
			t.Errorf("%s is set twice", name)
		}
		vars[name] = value
	}
	return vars, folder
}

// TestEnvironment: what a command gets, and that the rest of the user's stays.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	vars, folder := newEnvironment(t, "PATH=/bin", "EMPTY=", "https_proxy=http://corp:3128", "ALL_PROXY=socks5://corp:1080", "PIP_CERT=/corp.pem", "SSL_CERT_DIR=/certs")
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		if vars[name] != "http://tegata:geheim@127.0.0.1:9" {
			t.Errorf("%s=%s, want the proxy", name, vars[name])
		}
	}
	for name, want := range map[string]string{"PATH": "/bin", "EMPTY": "", "ALL_PROXY": "socks5://corp:1080", "PIP_CERT": "/corp.pem", "SSL_CERT_DIR": "/certs"} {
		if got, ok := vars[name]; !ok || got != want {
			t.Errorf("%s=%s, want %q as it was", name, got, want)
		}
	}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, want one for its owner alone", path, info.Mode())
		}
		data, rerr := os.ReadFile(path)
		if strings.Contains(string(data), "geheim") {
			t.Errorf("%s holds the credential", path)
		}
		return errors.Join(err, rerr)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNoProxy: what the user excepts stays excepted, unless some program would take it for
// one of LINE's names.
func TestNoProxy(t *testing.T) {
	t.Parallel()
	const loopback = "localhost,127.0.0.1,::1"
	for own, want := range map[string]string{
		"":                                    loopback,
		"*":                                   loopback,
		"localhost, .corp.example 10.0.0.0/8": loopback + ",.corp.example,10.0.0.0/8",
		"line.me,.line.me,*.line.me,.me,me,ne.me,API.LINE.ME,api.line.me:443,line.me.,.": loopback,
		"api.*.me,line-scdn.net,x*":      loopback,
		"xapi.line.me,online.me.example": loopback + ",xapi.line.me,online.me.example",
		"db:5432,[fd00::1]:80":           loopback + ",db:5432,[fd00::1]:80",
	} {
		if got := childenv.NoProxy(own, names); got != want {
			t.Errorf("%q gives %q, want %q", own, got, want)
		}
	}
}

// FuzzNoProxy: whatever the user has, no entry that is left ends one of LINE's names.
func FuzzNoProxy(f *testing.F) {
	for _, seed := range []string{"", "*", "line.me,.me", "a b\tc", ",,,", "*.*", "api.line.me:443"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, own string) {
		for entry := range strings.SplitSeq(childenv.NoProxy(own, names), ",") {
			if entry == "::1" {
				continue
			}
			name := strings.ToLower(strings.Trim(entry, ".*"))
			if slices.ContainsFunc(names, func(line string) bool { return strings.HasSuffix(line, name) }) {
				t.Errorf("%q leaves %q", own, entry)
			}
		}
	})
}

// TestBundles: each variable names what its programs trust now, and the platform's
// authority.
func TestBundles(t *testing.T) {
	t.Parallel()
	own := file(t, ownPEM)
	folder := t.TempDir()
	for name, text := range map[string]string{"a.pem": strings.TrimSuffix(ownPEM, "\n"), "b.pem": systemPEM, "README": "none"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(folder, "gone"), filepath.Join(folder, "c.pem")); err != nil {
		t.Fatal(err)
	}
	system, mine, added := systemPEM+"\n"+linePEM, ownPEM+linePEM, linePEM
	for name, c := range map[string]struct {
		own  []string
		want [5]string // SSL_CERT_FILE, CURL_CA_BUNDLE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, DENO_CERT
	}{
		"nothing":       {nil, [5]string{system, system, system, added, added}},
		"SSL_CERT_FILE": {[]string{"SSL_CERT_FILE=" + own}, [5]string{mine, mine, system, added, added}},
		"curl":          {[]string{"CURL_CA_BUNDLE=" + own}, [5]string{system, mine, mine, added, added}},
		"requests":      {[]string{"REQUESTS_CA_BUNDLE=" + own}, [5]string{system, system, mine, added, added}},
		"Node":          {[]string{"NODE_EXTRA_CA_CERTS=" + own}, [5]string{system, system, system, mine, added}},
		"a folder":      {[]string{"REQUESTS_CA_BUNDLE=" + folder}, [5]string{system, system, ownPEM + systemPEM + "\n" + linePEM, added, added}},
		"set to naught": {[]string{"SSL_CERT_FILE="}, [5]string{system, system, system, added, added}},
	} {
		vars, _ := newEnvironment(t, c.own...)
		for i, variable := range []string{"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DENO_CERT"} {
			got, err := os.ReadFile(vars[variable])
			if err != nil || string(got) != c.want[i] {
				t.Errorf("%s: %s holds %q, %v; want %q", name, variable, got, err, c.want[i])
			}
		}
	}
}

// TestNoBundle: what cannot be kept is an error, not a command that trusts less.
func TestNoBundle(t *testing.T) {
	t.Parallel()
	large := file(t, "")
	if err := os.Truncate(large, 17<<20); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		own, roots string
		want       error
	}{
		"no roots":    {"A=b", "/nowhere", childenv.ErrNoRoots},
		"a lost file": {"NODE_EXTRA_CA_CERTS=" + filepath.Join(t.TempDir(), "gone"), file(t, systemPEM), fs.ErrNotExist},
		"a huge one":  {"SSL_CERT_FILE=" + large, file(t, systemPEM), nil},
	} {
		cfg := childenv.Config{Environ: []string{c.own}, Folder: t.TempDir(), Platform: "127.0.0.1:1", RootFiles: []string{c.roots}}
		if got, err := childenv.New(cfg); err == nil || got != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want an error that is %v", name, err, c.want)
		}
	}
}

// TestNode: the preload comes after what the user has, whatever the folder is called.
func TestNode(t *testing.T) {
	t.Parallel()
	vars, folder := newEnvironment(t, "NODE_OPTIONS=--require=/own.cjs --max-old-space-size=4096")
	if want := "--require=/own.cjs --max-old-space-size=4096 --require=" + filepath.Join(folder, "preload.cjs"); vars["NODE_OPTIONS"] != want {
		t.Errorf("NODE_OPTIONS=%s, want %s", vars["NODE_OPTIONS"], want)
	}
	odd := filepath.Join(t.TempDir(), `a "b\c`)
	if err := os.Mkdir(odd, 0o700); err != nil {
		t.Fatal(err)
	}
	list, err := childenv.New(childenv.Config{Folder: odd, Platform: "127.0.0.1:1", RootFiles: []string{file(t, systemPEM)}})
	if err != nil {
		t.Fatal(err)
	}
	want := `NODE_OPTIONS=--require="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(filepath.Join(odd, "preload.cjs")) + `"`
	if !slices.Contains(list, want) {
		t.Errorf("%q lacks %q", list, want)
	}
}

// TestPHP: our folder of settings comes after the user's, or after the one of the build.
func TestPHP(t *testing.T) {
	t.Parallel()
	for own, before := range map[string]string{"A=b": ":", "PHP_INI_SCAN_DIR=/etc/php:/more": "/etc/php:/more:", "PHP_INI_SCAN_DIR=": ""} {
		vars, folder := newEnvironment(t, own)
		if want := before + filepath.Join(folder, "php"); vars["PHP_INI_SCAN_DIR"] != want {
			t.Errorf("%s gives %s, want %s", own, vars["PHP_INI_SCAN_DIR"], want)
		}
		text, err := os.ReadFile(filepath.Join(folder, "php", "tegata.ini"))
		if want := "curl.cainfo=\"" + vars["CURL_CA_BUNDLE"] + "\"\nopenssl.cafile=\"" + vars["CURL_CA_BUNDLE"] + "\"\n"; err != nil || string(text) != want {
			t.Errorf("%q, %v; want %q", text, err, want)
		}
	}
}
