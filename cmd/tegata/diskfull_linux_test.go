package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/tegata-id/tegata/internal/control"
)

// tight is the disk of a service, which can be made full from outside.
type tight struct {
	folder string                       // as the service sees it
	start  func(*exec.Cmd)              // changes how the service is started; nil: nothing
	fill   func(t *testing.T, node int) // by the service's process
	free   func(t *testing.T, node int)
}

// limited is a disk that is full because the system lets the process write nothing to any
// file (setrlimit(2), RLIMIT_FSIZE). It needs no rights, so it is everywhere.
func limited(t *testing.T) tight {
	limit := func(t *testing.T, pid int, bytes uint64) {
		t.Helper()
		l := syscall.Rlimit{Cur: bytes, Max: ^uint64(0)}
		if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&l)), 0, 0, 0); errno != 0 {
			t.Fatal("prlimit: ", errno)
		}
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil || before.Max != ^uint64(0) {
		t.Fatalf("these tests need a shell without `ulimit -f`: %+v, %v", before, err)
	}
	return tight{
		folder: t.TempDir(),
		fill:   func(t *testing.T, pid int) { limit(t, pid, 0) },
		free:   func(t *testing.T, pid int) { limit(t, pid, ^uint64(0)) },
	}
}

// small is a file system of 2 MiB, which only the service's process sees. The test fills it
// through that process. ok is false where the system does not let this user mount one.
func small(t *testing.T) (tight, bool) {
	folder := t.TempDir()
	mount := []string{"-c", `mount --make-rprivate / && mount -t tmpfs -o size=2m,mode=700 tmpfs "$0" && exec "$@"`, folder}
	apart := func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if uid := os.Getuid(); uid != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
	}
	try := exec.CommandContext(t.Context(), "sh", append(mount, "true")...)
	apart(try)
	if out, err := try.CombinedOutput(); err != nil {
		t.Logf("this user may not mount a small file system, so only the other way of filling a disk was tried: %v %s", err, out)
		return tight{}, false
	}
	ballast := func(pid int) string { return filepath.Join(fmt.Sprintf("/proc/%d/root", pid), folder, "ballast") }
	return tight{
		folder: folder,
		start: func(cmd *exec.Cmd) {
			apart(cmd)
			cmd.Args = append(append([]string{"sh"}, mount...), cmd.Args...)
			shell, err := exec.LookPath("sh")
			if err != nil {
				t.Fatal(err)
			}
			cmd.Path = shell
		},
		fill: func(t *testing.T, pid int) {
			t.Helper()
			f, err := os.Create(ballast(pid))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			for piece := bytes.Repeat([]byte{'x'}, 4096); err == nil; {
				_, err = f.Write(piece)
			}
			if !strings.Contains(err.Error(), "no space left") {
				t.Fatal(err)
			}
		},
		free: func(t *testing.T, pid int) {
			t.Helper()
			if err := os.Remove(ballast(pid)); err != nil {
				t.Fatal(err)
			}
		},
	}, true
}

// TestServeDiskFull fills the disk of a running service: what writes fails, with a status
// that says so, and leaves things as they were; what reads goes on, and readiness says what
// is wrong. With room again everything goes on, without a restart.
func TestServeDiskFull(t *testing.T) {
	t.Parallel()
	binary := buildTegata(t)
	t.Run("limit of file sizes", func(t *testing.T) {
		t.Parallel()
		fillDisk(t, binary, limited(t))
	})
	t.Run("small file system", func(t *testing.T) {
		t.Parallel()
		if disk, ok := small(t); ok {
			fillDisk(t, binary, disk)
		}
	})
}

func fillDisk(t *testing.T, binary string, disk tight) {
	t.Helper()
	n := startServe(t, binary, filepath.Join(disk.folder, "tegata.db"), disk.start)
	channel, _ := n.setUp()
	got, status := n.token(channel, codeForm(n.login(channel)))
	if status != http.StatusOK {
		t.Fatalf("exchange: status %d", status)
	}
	if status, _, body := n.manages("/readyz?verbose"); status != http.StatusOK {
		t.Fatalf("readyz before: status %d\n%s", status, body)
	}
	code := n.login(channel)

	disk.fill(t, n.process.Pid)
	given := n.refreshUntilFull(channel, got.Refresh)
	codeStatus, revoked := n.whileFull(channel, code, got)
	disk.free(t, n.process.Pid)

	if status, _, body := n.manages("/readyz?verbose"); status != http.StatusOK {
		t.Errorf("readyz with room again: status %d\n%s", status, body)
	}
	// A write that was refused left nothing: the code is as good as before.
	if _, status := n.token(channel, codeForm(code)); (status == http.StatusOK) != (codeStatus >= 500) {
		t.Errorf("the code with room again: status %d, and %d before", status, codeStatus)
	}
	if !revoked {
		for _, token := range append(given, got.Access) {
			if n.verifies(token) != http.StatusOK {
				t.Error("a token that was given is gone")
				break
			}
		}
	}
	if status, _, body := n.ask(nodesBase+"/oauth2/v2.1/revoke", revocation(channel, got)); status != http.StatusOK {
		t.Errorf("revoke with room again: status %d %s", status, body)
	}
	for _, token := range append(given, got.Access) {
		if n.verifies(token) != http.StatusBadRequest {
			t.Error("a token outlives its revocation")
			break
		}
	}
	n.login(channel)
}

func revocation(channel control.Channel, got issuedTokens) url.Values {
	return url.Values{"refresh_token": {got.Refresh}, "client_id": {channel.ChannelID}, "client_secret": {channel.ChannelSecret}}
}

// refreshUntilFull refreshes until there is no room for another token, and gives those that
// there was room for.
func (n *serveNode) refreshUntilFull(channel control.Channel, refresh string) (given []string) {
	n.t.Helper()
	for range 10_000 {
		got, status := n.token(channel, refreshForm(refresh))
		switch {
		case status == http.StatusOK:
			given = append(given, got.Access)
		case status >= 500:
			return given
		default:
			n.t.Fatalf("refresh on a full disk: status %d, want 5xx", status)
		}
	}
	n.t.Fatal("the disk does not get full")
	return nil
}

// whileFull asks a service whose disk is full, and tells what came of the code and of the
// revocation. Small writes may still find room: then they hold.
func (n *serveNode) whileFull(channel control.Channel, code string, got issuedTokens) (codeStatus int, revoked bool) {
	n.t.Helper()
	if n.verifies(got.Access) != http.StatusOK {
		n.t.Error("a live token cannot be verified while the disk is full")
	}
	if status, _, body := n.manages("/readyz?verbose"); status != http.StatusServiceUnavailable || !strings.Contains(body, "the disk refuses writes") {
		n.t.Errorf("readyz: status %d\n%s", status, body)
	}
	if status, _, _ := n.manages("/livez"); status != http.StatusOK {
		n.t.Errorf("livez: status %d: a restart makes no room", status)
	}
	if _, codeStatus = n.token(channel, codeForm(code)); codeStatus != http.StatusOK && codeStatus < 500 {
		n.t.Errorf("exchange: status %d, want 5xx", codeStatus)
	}
	status, _, _ := n.ask(nodesBase+"/oauth2/v2.1/revoke", revocation(channel, got))
	if status != http.StatusOK && status < 500 {
		n.t.Errorf("revoke: status %d, want 5xx", status)
	}
	revoked = status == http.StatusOK
	if want := map[bool]int{true: http.StatusBadRequest, false: http.StatusOK}[revoked]; n.verifies(got.Access) != want {
		n.t.Errorf("verify after a revocation with status %d: want %d", status, want)
	}
	return codeStatus, revoked
}
