package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/sqlite"
)

// TestPowerCut writes from several goroutines, through checkpoints and a restart, and then
// opens what a loss of power at 120 (in a soak 1,200) moments may have left of the files. Every
// write that had been acknowledged is there, whole, and what was used once stays used.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	cuts := 120
	if os.Getenv("TEGATA_SOAK") != "" {
		cuts = 1200
	}
	d := watch(t)
	for round := range 2 {
		writeMarked(t, d, round)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	found := 0
	for i := range cuts {
		n := rnd.IntN(len(d.ops) + 1)
		keep := []float64{0, 0.5, 0.95, 1}[i%4]
		there, err := checkCut(t, d, n, keep, rnd)
		if err != nil {
			t.Errorf("after %d operations, of which %g of the unsynced ones are there: %v", n, keep, err)
		}
		found += there
	}
	t.Logf("%d losses of power in %d operations of the disk: %d acknowledged writes were there", cuts, len(d.ops), found)
	// A disk that syncs nothing must be found out, or the test says nothing.
	d.ops = slices.DeleteFunc(d.ops, func(op diskOp) bool { return op.verb == diskSync })
	if _, err := checkCut(t, d, len(d.ops), 0, rnd); err == nil {
		t.Error("a disk that syncs nothing loses nothing")
	}
}

// cutNow is the time of the test.
var cutNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	cutWriters = 8
	cutWrites  = 20 // of each writer in a round
)

// writeMarked opens the store, writes, and closes it, which is a checkpoint.
func writeMarked(t *testing.T, d *disk, round int) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(d.folder, "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	if round == 0 {
		d.add(diskOp{verb: diskMark, mark: -1}) // the schema is there
	}
	var writers sync.WaitGroup
	for w := range cutWriters {
		writers.Go(func() {
			for i := range cutWrites {
				mark := (round*cutWriters+w)*cutWrites + i
				if err := writeOne(t, s, mark); err != nil {
					t.Errorf("write %d: %v", mark, err)
					return
				}
				d.add(diskOp{verb: diskMark, mark: mark})
			}
		})
	}
	writers.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// writeOne makes a person with a long note, so that the journal is long enough for a
// checkpoint, or uses something that may be used once.
func writeOne(t *testing.T, s *sqlite.Store, mark int) error {
	id := fmt.Sprintf("person-%06d", mark)
	if mark%2 == 1 {
		return s.UseAssertion(t.Context(), "channel", id, cutNow, cutNow.Add(time.Hour))
	}
	return s.CreatePerson(t.Context(), store.Person{ID: id, DisplayName: id, Note: noteOf(mark), CreatedAt: cutNow})
}

func noteOf(mark int) string {
	return string(bytes.Repeat([]byte{byte('a' + mark%26)}, 40_000))
}

// checkCut opens what is left after n operations and returns how many acknowledged writes
// are there, and those that are not.
func checkCut(t *testing.T, d *disk, n int, keep float64, rnd *rand.Rand) (found int, err error) {
	t.Helper()
	folder := t.TempDir()
	d.after(t, n, keep, rnd, folder)
	marks := d.marks(n)
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(folder, "t.db")})
	if err != nil {
		if len(marks) == 0 {
			return 0, nil // the first start had not ended: nothing was promised
		}
		return 0, err
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, mark := range marks {
		if mark < 0 {
			continue
		}
		if gone := lookFor(t, s, mark); gone != nil {
			err = errors.Join(err, fmt.Errorf("write %d was acknowledged: %w", mark, gone))
			continue
		}
		found++
	}
	return found, err
}

var errGone = errors.New("it is gone")

func lookFor(t *testing.T, s *sqlite.Store, mark int) error {
	id := fmt.Sprintf("person-%06d", mark)
	if mark%2 == 1 {
		if err := s.UseAssertion(t.Context(), "channel", id, cutNow, cutNow.Add(time.Hour)); !errors.Is(err, store.ErrUsed) {
			return fmt.Errorf("used again: %w", errors.Join(err, errGone))
		}
		return nil
	}
	p, err := s.Person(t.Context(), id)
	if err == nil && p.Note != noteOf(mark) {
		err = errGone
	}
	return err
}
