package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// StartArchiving starts a server that keeps its log, so that it can go back to any moment
// (PostgreSQL manual, "Continuous Archiving and Point-in-Time Recovery"). Stop it.
func StartArchiving(flags ...string) (*Server, error) {
	return start(func(s *Server) error {
		if err := os.Mkdir(s.archive(), 0o700); err != nil {
			return err
		}
		s.flags = append(s.flags, "-c", "archive_mode=on", "-c", "archive_command=test ! -f "+s.archive()+"/%f && cp %p "+s.archive()+"/%f")
		return s.run.own(s.archive())
	}, flags)
}

func (s *Server) archive() string { return filepath.Join(s.folder, "archive") }
func (s *Server) base() string    { return filepath.Join(s.folder, "base") }

// BaseBackup makes a copy of the server's files while it runs, once.
func (s *Server) BaseBackup() error { return s.copyTo(s.base()) }

func (s *Server) copyTo(folder string, flags ...string) error {
	args := append([]string{"--pgdata=" + folder, "--checkpoint=fast", "--host=" + s.folder, "--username=tegata"}, flags...)
	cmd := exec.Command(filepath.Join(s.bin, "pg_basebackup"), args...)
	cmd.Dir = filepath.Dir(folder)
	s.run.dress(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, out)
	}
	return nil
}

// Moment is the server's time now.
func (s *Server) Moment(ctx context.Context) (now time.Time, err error) {
	c, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return now, err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	return now, c.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now)
}

// Recover puts the base backup in the place of the server's files and goes on from it to a
// moment, after which something was committed. It returns when the server takes writes.
func (s *Server) Recover(ctx context.Context, until time.Time) error {
	if err := s.end(syscall.SIGINT); err != nil {
		return err
	}
	if err := os.Rename(s.data(), s.data()+"-before"); err != nil {
		return err
	}
	if err := os.Rename(s.base(), s.data()); err != nil {
		return err
	}
	settings := fmt.Sprintf("restore_command = 'cp %s/%%f %%p'\nrecovery_target_time = '%s'\nrecovery_target_action = 'promote'\n",
		s.archive(), until.UTC().Format("2006-01-02 15:04:05.000000+00"))
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := file.WriteString("\n" + settings); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	signal := filepath.Join(s.data(), "recovery.signal")
	if err := os.WriteFile(signal, nil, 0o600); err != nil {
		return err
	}
	if err := s.run.own(signal); err != nil {
		return err
	}
	if err := s.Launch(); err != nil {
		return err
	}
	return s.writable(ctx)
}

// writable waits until the server has left recovery.
func (s *Server) writable(ctx context.Context) error {
	c, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var recovering bool
		if err := c.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&recovering); err != nil || !recovering {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
