package pgtest

import (
	"errors"
	"net/url"
	"os"
	"testing"
)

// Standby starts a server that follows this one and takes reads (PostgreSQL manual, "Hot
// Standby"). Stop it.
func (s *Server) Standby() (*Server, error) {
	folder, err := os.MkdirTemp("/tmp", "pgtest")
	if err != nil {
		return nil, err
	}
	next := &Server{folder: folder, bin: s.bin, run: s.run, flags: s.flags}
	next.url = next.address("postgres")
	err = s.run.own(folder)
	if err == nil {
		err = s.copyTo(next.data(), "--write-recovery-conf")
	}
	if err == nil {
		err = next.Launch()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return next, nil
}

// Behind gives the URL of a database with this server as the second host.
func (s *Server) Behind(t testing.TB, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("host", q.Get("host")+","+s.folder)
	u.RawQuery = q.Encode()
	return u.String()
}
