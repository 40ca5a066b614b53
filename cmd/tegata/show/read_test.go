package show_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/show"
)

// TestRead: what is piped in is read whole, up to a bound; Ctrl-C ends the wait for somebody
// who types.
func TestRead(t *testing.T) {
	t.Parallel()
	for most, want := range map[int64]string{10: "token", 5: "token", 3: "toke"} {
		if got, err := show.Read(t.Context(), strings.NewReader("token"), most); string(got) != want || err != nil {
			t.Errorf("at most %d: %q, %v; want %q", most, got, err, want)
		}
	}
	typed, keyboard := io.Pipe()
	defer func() { _ = keyboard.Close() }()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		_, _ = keyboard.Write([]byte("t")) // comes back once it has been read
		stop()
	}()
	if got, err := show.Read(ctx, typed, 10); got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %q, %v", got, err)
	}
}
