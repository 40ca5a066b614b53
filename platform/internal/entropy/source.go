package entropy

import (
	crypto "crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
)

// Source gives random bytes. The zero Source is crypto/rand. Copies of a Source share
// their stream. It may be used from many goroutines; then which of them gets which
// bytes of a derived stream is left to chance.
type Source struct{ stream *stream }

// stream is a generator that follows from a seed. Without the seed nobody can tell
// ChaCha8 from chance; whoever knows it knows all that comes.
type stream struct {
	mu  sync.Mutex // guards gen
	gen *rand.ChaCha8
}

// Fill fills p.
func (s Source) Fill(p []byte) {
	if s.stream == nil {
		_, _ = crypto.Read(p) // never fails (crypto/rand)
		return
	}
	// The copy keeps p on the caller's stack where there is no stream.
	drawn := make([]byte, len(p))
	s.stream.mu.Lock()
	_, _ = s.stream.gen.Read(drawn) // never fails (math/rand/v2)
	s.stream.mu.Unlock()
	copy(p, drawn)
}

// Streams are the sources of one run that follow from its seed, one for each purpose,
// so that what is drawn for one does not change what comes for another. A nil *Streams
// gives sources of crypto/rand. It may be used from many goroutines.
type Streams struct {
	seed []byte

	mu    sync.Mutex // guards named
	named map[string]*stream
}

// Derive returns the streams of a seed, which may have any length.
func Derive(seed []byte) *Streams {
	return &Streams{seed: append([]byte(nil), seed...), named: map[string]*stream{}}
}

// Source returns the source for a purpose, which goes on where it was left.
func (d *Streams) Source(purpose string) Source {
	if d == nil {
		return Source{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return Source{d.open(purpose)}
}

// open returns the stream for a purpose. The caller holds the lock.
func (d *Streams) open(purpose string) *stream {
	s, ok := d.named[purpose]
	if !ok {
		s = &stream{gen: d.begin(purpose)}
		d.named[purpose] = s
	}
	return s
}

// begin returns a generator at the beginning of the stream for a purpose.
func (d *Streams) begin(purpose string) *rand.ChaCha8 {
	hash := sha256.New()
	fmt.Fprintf(hash, "tegata stream %d %s ", len(purpose), purpose)
	_, _ = hash.Write(d.seed) // never fails (hash.Hash)
	return rand.NewChaCha8([32]byte(hash.Sum(nil)))
}

// Position is where the streams stand, by purpose. Nil for a nil *Streams.
type Position map[string][]byte

// Position returns where the streams stand.
func (d *Streams) Position() (Position, error) {
	if d == nil {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at := Position{}
	for purpose, s := range d.named {
		s.mu.Lock()
		state, err := s.gen.MarshalBinary()
		s.mu.Unlock()
		if err != nil {
			return nil, fmt.Errorf("position of random stream %s: %w", purpose, err)
		}
		at[purpose] = state
	}
	return at, nil
}

// Seek takes the streams to a position, or to their beginning those that had not begun
// then. A position that is none changes nothing.
func (d *Streams) Seek(at Position) error {
	if d == nil {
		if len(at) > 0 {
			return errors.New("random streams: this run does not follow from a seed")
		}
		return nil
	}
	sought := map[string]*rand.ChaCha8{}
	for purpose, state := range at {
		gen := d.begin(purpose)
		if err := gen.UnmarshalBinary(state); err != nil {
			return fmt.Errorf("position of random stream %s: %w", purpose, err)
		}
		sought[purpose] = gen
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for purpose := range sought {
		d.open(purpose)
	}
	for purpose, s := range d.named {
		gen := sought[purpose]
		if gen == nil {
			gen = d.begin(purpose)
		}
		s.mu.Lock()
		s.gen = gen
		s.mu.Unlock()
	}
	return nil
}
