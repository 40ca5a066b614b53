package target

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
)

// NewToken returns a random token and its hash.
func NewToken() (token string, hash [32]byte) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	token = "tgadm_" + base64.RawURLEncoding.EncodeToString(raw[:])
	return token, sha256.Sum256([]byte(token))
}

// runtimeDir returns the user's own directory for what lives as long as a process: one in
// XDG_RUNTIME_DIR, or in the temporary directory. Nobody else can write to it: he could lay
// a link there to a file of the user's, which would then be sent as a token.
func runtimeDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "tegata-"+strconv.Itoa(os.Getuid()))
	if given := os.Getenv("XDG_RUNTIME_DIR"); given != "" {
		dir = filepath.Join(given, "tegata")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	// Somebody else may have made it first.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || !oursAlone(info) {
		return "", fmt.Errorf("%s is not a directory of ours alone; remove it, or set XDG_RUNTIME_DIR to another", dir)
	}
	return dir, nil
}

// tokenFile returns the path of the token of the platform at a base URL.
func tokenFile(baseURL string) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%q is no URL", baseURL)
	}
	dir, err := runtimeDir()
	if err != nil {
		return "", ownFolder(fmt.Errorf("folder for admin tokens: %w", err))
	}
	host := strings.NewReplacer("127.0.0.1", "localhost", "[::1]", "localhost").Replace(strings.ToLower(u.Host))
	return filepath.Join(dir, strings.NewReplacer(":", "_", "[", "", "]", "").Replace(host)+".token"), nil
}

// ownFolder is the error of a folder in which this user cannot keep an admin token.
func ownFolder(err error) error {
	return &exit.Error{
		Code: exit.Config, Err: err,
		Next: "let XDG_RUNTIME_DIR name a folder of this user's alone; or give the token: tegata dev --admin-token, --token elsewhere, TEGATA_ADMIN_TOKEN for both",
	}
}

// WriteToken writes the admin token where the command line finds it, readable by the
// user alone, and returns the path.
func WriteToken(baseURL, token string) (string, error) {
	path, err := tokenFile(baseURL)
	if err != nil {
		return "", err
	}
	// A leftover of a killed process may have other permissions: make a new file.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", ownFolder(fmt.Errorf("remove old admin token: %w", err))
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", ownFolder(fmt.Errorf("write admin token: %w", err))
	}
	_, werr := f.WriteString(token + "\n")
	if err := errors.Join(werr, f.Close()); err != nil {
		return "", ownFolder(fmt.Errorf("write admin token: %w", err))
	}
	return path, nil
}

// readToken returns the admin token for the platform at a base URL.
func readToken(baseURL string) (string, error) {
	path, err := tokenFile(baseURL)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &exit.Error{
			Code: exit.Unreachable, Err: fmt.Errorf("no tegata dev of yours runs at %s", baseURL),
			Next: "start it with `tegata dev`, name its URL with --url or TEGATA_URL, or give --token; tegata serve needs its management URL and a token",
		}
	}
	if err != nil {
		return "", ownFolder(fmt.Errorf("read admin token: %w", err))
	}
	return strings.TrimSpace(string(data)), nil
}
