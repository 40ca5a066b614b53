package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrDiffers means that two stores do not hold the same records.
var ErrDiffers = errors.New("the stores differ")

// Row is one record as an engine keeps it: the columns of its kind, each a string, an
// int64, a bool, a []byte or nil.
type Row []any

// Tally says what a store holds of one kind of record.
type Tally struct {
	Kind   string
	Rows   int64
	Digest Hash // over all rows in the order of their keys
}

// Copyable is an engine whose records can be carried to another one. All such engines
// have the same kinds and the same columns.
type Copyable interface {
	// Export gives every record of one moment to add, kind by kind, some hundreds at a
	// time, so that what is referred to comes before what refers to it.
	Export(ctx context.Context, add func(kind string, rows []Row) error) error
	// Import adds rows of a kind, all or none. Rows whose key is there are left as they
	// are, so a copy that was broken off can be begun again.
	Import(ctx context.Context, kind string, rows []Row) error
	// Tally counts every kind and takes its digest, all at one moment.
	Tally(ctx context.Context) ([]Tally, error)
}

// Copy carries all records of one engine to another, which should be empty, and then
// compares the two: ErrDiffers names the first kind in which they differ, as when there
// were other records before. Nothing else may write to either meanwhile. Each time that
// rows have arrived, progress is told how many there were; it may be nil. Copy gives what
// both hold.
func Copy(ctx context.Context, from, to Copyable, progress func(kind string, rows int)) ([]Tally, error) {
	err := from.Export(ctx, func(kind string, rows []Row) error {
		if err := to.Import(ctx, kind, rows); err != nil {
			return fmt.Errorf("copy %s: %w", kind, err)
		}
		if progress != nil {
			progress(kind, len(rows))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	want, err := from.Tally(ctx)
	if err != nil {
		return nil, err
	}
	got, err := to.Tally(ctx)
	if err != nil {
		return nil, err
	}
	for i, w := range want {
		if i >= len(got) || got[i] != w {
			return nil, fmt.Errorf("%w in %s after the copy: was the second one empty before, and did nobody write to either?", ErrDiffers, w.Kind)
		}
	}
	return want, nil
}
