package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server for tests.
type Server struct {
	url    string // of its database postgres
	folder string // "" if the server is somebody else's
	bin    string
	run    *account
	flags  []string

	mu   sync.Mutex // guards cmd, dead and next
	cmd  *exec.Cmd
	dead chan struct{} // closed when cmd has ended
	log  bytes.Buffer  // of cmd; read when it has ended
	next int           // number of the next database
}

// Main starts a server, sets *to to it, runs the tests of m and stops the server, and
// returns the exit code. If existing is not empty it is the URL of a server to use
// instead, whose user may create databases. Flags are given to the server.
func Main(m *testing.M, existing string, to **Server, flags ...string) int {
	s, err := Start(existing, flags...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return 1
	}
	*to = s
	code := m.Run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest: stop:", err)
		return max(code, 1)
	}
	return code
}

// Start starts a server, or takes an existing one. Stop it.
func Start(existing string, flags ...string) (*Server, error) {
	if existing != "" {
		return &Server{url: existing}, nil
	}
	return start(nil, flags)
}

// start makes a server in a folder of its own. before, if not nil, is called with the server
// before it is launched.
func start(before func(*Server) error, flags []string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	run, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// The path of a socket may have 107 bytes, which some TMPDIRs do not leave.
	folder, err := os.MkdirTemp("/tmp", "pgtest")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, bin: bin, run: run, flags: flags}
	s.url = s.address("postgres")
	if err := s.create(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if before != nil {
		if err := before(s); err != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
	}
	if err := s.Launch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// programs finds the folder of initdb and postgres.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL's initdb is neither in PATH nor in /usr/lib/postgresql: install it (Debian: apt-get install postgresql), or set TEGATA_TEST_POSTGRES to the URL of a server")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// create makes the files of the server, which only its user may read.
func (s *Server) create() error {
	if err := s.run.own(s.folder); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "tegata", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	cmd.Dir = s.folder
	s.run.dress(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// address is the URL of a database. Nobody but root and the server's user can enter the
// folder of the socket, so no password is needed.
func (s *Server) address(database string) string {
	return "postgres://tegata@/" + database + "?host=" + url.QueryEscape(s.folder)
}

// Launch starts the server again after Kill. It returns when the server answers.
func (s *Server) Launch() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	args := append([]string{
		"-D", s.data(), "-k", s.folder, "-c", "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
		"-c", "fsync=off", "-c", "autovacuum=on", "-c", "log_min_messages=fatal",
	}, s.flags...)
	s.log.Reset()
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), args...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.folder, &s.log, &s.log
	s.run.dress(s.cmd)
	dead := make(chan struct{})
	s.dead = dead
	if err := s.run.start(s.cmd, dead); err != nil {
		return err
	}
	return s.ready(dead)
}

// ready waits until the server answers.
func (s *Server) ready(dead chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := pgx.Connect(ctx, s.url)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-dead:
			return fmt.Errorf("postgres ended: %s", s.log.String())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-tick.C:
		}
	}
}

// Kill ends the server at once, as a loss of power would but for what lies in the
// system's cache. Launch starts it again.
func (s *Server) Kill() error { return s.end(syscall.SIGQUIT) }

// Stop ends the server and removes its files. A server that is somebody else's goes on.
func (s *Server) Stop() error {
	if s.folder == "" {
		return nil
	}
	return errors.Join(s.end(syscall.SIGINT), os.RemoveAll(s.folder))
}

func (s *Server) end(signal os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return errors.New("this server is not ours to end")
	}
	if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.dead:
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("postgres did not end"), s.cmd.Process.Kill())
	}
}

// Database makes an empty database and gives its URL. It is dropped when the test ends.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.mu.Lock()
	s.next++
	name := fmt.Sprintf("tegata_%d_%d", os.Getpid(), s.next)
	s.mu.Unlock()
	s.exec(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { s.exec(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	config, err := pgx.ParseConfig(s.url)
	if err != nil {
		t.Fatal(err)
	}
	if s.folder != "" {
		return s.address(name)
	}
	u, err := url.Parse(s.url)
	if err != nil || u.Scheme == "" {
		t.Fatalf("the URL of the existing server (database %s) must begin with postgres://", config.Database)
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs a statement on the database of the server itself.
func (s *Server) exec(t testing.TB, sql string) {
	t.Helper()
	// The test's context has ended when its clean-ups run.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
