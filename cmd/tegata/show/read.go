package show

import (
	"context"
	"io"
)

// Read reads all of in, at most one byte more than most, until ctx ends: what somebody types
// comes to no end by Ctrl-C. The error is then that of ctx, and in is not to be used again.
func Read(ctx context.Context, in io.Reader, most int64) ([]byte, error) {
	type read struct {
		data []byte
		err  error
	}
	done := make(chan read, 1)
	go func() { // ends with the process, if nothing comes
		data, err := io.ReadAll(io.LimitReader(in, most+1))
		done <- read{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, context.Canceled
	}
}
