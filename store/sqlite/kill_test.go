package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// The child of TestKill is this test binary, told by these variables what to write.
const (
	childFile  = "TEGATA_TEST_KILL_FILE"
	childFirst = "TEGATA_TEST_KILL_FIRST"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		if err := writeUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes to the store in a file, and each step that was acknowledged to
// standard output, in one write, so that it reaches the parent whatever happens next.
func writeUntilKilled(path string) error {
	first, err := strconv.Atoi(os.Getenv(childFirst))
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return err
	}
	if err := storetest.Prepare(ctx, s); err != nil {
		return err
	}
	return storetest.Load(ctx, s, first, 16, func(f storetest.Fact) { fmt.Println(f) })
}

// killRounds is how many children are killed: in a soak ten times as many.
func killRounds() int {
	if os.Getenv("TEGATA_SOAK") != "" {
		return 500
	}
	return 60
}

// TestKill: a process that writes under load is killed with SIGKILL at any moment, also
// while it opens the file. What it had acknowledged is there, nothing is used twice, no
// verb holds by half, and the file is intact.
func TestKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tegata.db")
	random := rand.New(rand.NewPCG(1, uint64(os.Getpid())))
	var total storetest.Audit
	rounds, first := killRounds(), 1
	for round := range rounds {
		// Either after so many acknowledgements or after so long, perhaps while it opens.
		most, within := random.IntN(600), time.Duration(0)
		if round%5 == 0 {
			within = time.Duration(random.IntN(40_000)) * time.Microsecond
		}
		facts := killed(t, path, first, most, within)
		for _, f := range facts {
			first = max(first, f.N)
		}
		first += 1000 // some that were not acknowledged are there
		total = total.Add(audit(t, path, facts))
		if !total.OK() {
			break
		}
	}
	t.Logf("%d kills, %v", rounds, total)
	if !total.OK() {
		t.Error("the store did not keep what it had acknowledged")
	}
	if _, err := sqlite.Verify(t.Context(), path); err != nil {
		t.Error(err)
	}
}

// killed runs a child until it has acknowledged most steps, or as long as within if that
// is not 0, kills it, and gives all that it had acknowledged by then.
func killed(t *testing.T, path string, first, most int, within time.Duration) []storetest.Fact {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childFile+"="+path, childFirst+"="+strconv.Itoa(first))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if within > 0 {
		defer time.AfterFunc(within, func() { _ = cmd.Process.Kill() }).Stop()
	}
	var facts []storetest.Fact
	lines := bufio.NewReader(out)
	for dead := false; ; {
		if within == 0 && len(facts) >= most && !dead {
			dead = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			break // the pipe ends with the child
		}
		f, err := storetest.ParseFact(line[:len(line)-1])
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, f)
	}
	_ = cmd.Wait() // it was killed
	if within == 0 && len(facts) < most {
		t.Fatalf("the child ended by itself after %d steps", len(facts))
	}
	return facts
}

// audit opens the store again and looks at what the child had acknowledged.
func audit(t *testing.T, path string, facts []storetest.Fact) storetest.Audit {
	t.Helper()
	s := open(t, sqlite.Config{Path: path})
	defer s.Close()
	a, err := storetest.Check(t.Context(), s, facts)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
