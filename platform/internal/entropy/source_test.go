package entropy_test

import (
	"bytes"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/entropy"
)

func draw(s entropy.Source, n int) []byte {
	out := make([]byte, n)
	s.Fill(out)
	return out
}

func TestStreamsFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	a, b, c := entropy.Derive([]byte("tea")), entropy.Derive([]byte("tea")), entropy.Derive([]byte("rice"))
	first := draw(a.Source("token"), 40)
	_ = draw(b.Source("session"), 7) // another purpose is of no matter
	if got := draw(b.Source("token"), 40); !bytes.Equal(got, first) {
		t.Errorf("the same seed gave %x and %x", first, got)
	}
	if got := draw(c.Source("token"), 40); bytes.Equal(got, first) {
		t.Error("another seed gave the same bytes")
	}
	if got := draw(a.Source("session"), 40); bytes.Equal(got, first) {
		t.Error("another purpose gave the same bytes")
	}
	if got := draw(a.Source("token"), 40); bytes.Equal(got, first) {
		t.Error("the stream does not go on")
	}
}

func TestZeroSourceIsChance(t *testing.T) {
	t.Parallel()
	var none *entropy.Streams
	for _, s := range []entropy.Source{{}, none.Source("token")} {
		if a, b := draw(s, 32), draw(s, 32); bytes.Equal(a, b) || bytes.Equal(a, make([]byte, 32)) {
			t.Errorf("drew %x, then %x", a, b)
		}
	}
	if at, err := none.Position(); at != nil || err != nil {
		t.Errorf("position %v, %v; want none", at, err)
	}
	if err := none.Seek(nil); err != nil {
		t.Error(err)
	}
	if err := none.Seek(entropy.Position{"token": nil}); err == nil {
		t.Error("a run without a seed took a position")
	}
}

func TestSeek(t *testing.T) {
	t.Parallel()
	s := entropy.Derive([]byte("tea"))
	_ = draw(s.Source("token"), 33)
	at, err := s.Position()
	if err != nil {
		t.Fatal(err)
	}
	token, later := draw(s.Source("token"), 16), draw(s.Source("later"), 16)
	if err := s.Seek(entropy.Position{"token": []byte("nowhere")}); err == nil {
		t.Error("a position that is none was taken")
	}
	if err := s.Seek(at); err != nil {
		t.Fatal(err)
	}
	if got := draw(s.Source("token"), 16); !bytes.Equal(got, token) {
		t.Errorf("after Seek: %x, want %x", got, token)
	}
	if got := draw(s.Source("later"), 16); !bytes.Equal(got, later) {
		t.Errorf("a stream that had not begun: %x, want %x", got, later)
	}
	other := entropy.Derive([]byte("tea"))
	if err := other.Seek(at); err != nil {
		t.Fatal(err)
	}
	if got := draw(other.Source("token"), 16); !bytes.Equal(got, token) {
		t.Errorf("in another run: %x, want %x", got, token)
	}
}
