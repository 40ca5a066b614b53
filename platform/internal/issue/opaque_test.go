package issue

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

type testClock struct{ now time.Time }

func newOpaque(tb testing.TB) (opaque, *testClock) {
	tb.Helper()
	sealer, err := keyring.NewSealer("test", make([]byte, 32))
	if err != nil {
		tb.Fatal(err)
	}
	c := &testClock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	now := func() time.Time { return c.now }
	ring, err := keyring.Open(tb.Context(), keyring.Config{Store: memory.New(memory.Config{}), Sealer: sealer, Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	return opaque{ring: ring, now: now}, c
}

var kinds = []Kind{KindCode, KindAccess, KindRefresh, KindChannel, KindFeature}

func TestOpaque(t *testing.T) {
	t.Parallel()
	o, _ := newOpaque(t)
	for _, kind := range kinds {
		raw, id, hash := o.make(kind)
		if !regexp.MustCompile(`^tg` + string(kind) + `_A[A-Za-z0-9_-]+$`).MatchString(raw) {
			t.Errorf("%q: not recognisable, or with letters that need encoding", raw)
		}
		if KindOf(raw) != kind {
			t.Errorf("KindOf(%q) = %q", raw, KindOf(raw))
		}
		for _, as := range kinds {
			gotID, gotHash, err := o.parse(as, raw)
			if as != kind {
				if err == nil || gotID != (store.ID{}) || gotHash != (store.Hash{}) {
					t.Errorf("a token of kind %q passes as %q", kind, as)
				}
				continue
			}
			if err != nil || gotID != id || gotHash != hash {
				t.Errorf("parse(%q): %v; the ID and hash are not those of make", raw, err)
			}
		}
		if bytes.Contains([]byte(raw), hash[:]) || hash == (store.Hash{}) {
			t.Error("the hash is in the token, or empty")
		}
	}
}

// TestOpaqueAltered changes every letter of a token to several others.
func TestOpaqueAltered(t *testing.T) {
	t.Parallel()
	o, _ := newOpaque(t)
	raw, _, _ := o.make(KindAccess)
	for i := range raw {
		for _, c := range "AB-_.9z\n\x00=" {
			if byte(c) == raw[i] {
				continue
			}
			altered := raw[:i] + string(c) + raw[i+1:]
			if _, _, err := o.parse(KindAccess, altered); err == nil {
				t.Fatalf("letter %d of %q as %q is accepted", i, raw, c)
			}
		}
	}
	for name, s := range map[string]string{
		"empty": "", "cut": raw[:len(raw)-1], "longer": raw + "A", "padded": raw + "=", "prefix alone": raw[:prefixSize],
		"line break": raw[:50] + "\n" + raw[51:], "in front": " " + raw, "behind": raw + " ", "percent": strings.ReplaceAll(raw, "_", "%5F"),
	} {
		if _, _, err := o.parse(KindAccess, s); err == nil {
			t.Errorf("%s: %q is accepted", name, s)
		}
	}
}

// TestOpaqueOneText: a token has one spelling, also where base64 leaves bits unused.
func TestOpaqueOneText(t *testing.T) {
	t.Parallel()
	o, _ := newOpaque(t)
	raw, _, _ := o.make(KindAccess)
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		altered := raw[:len(raw)-1] + string(c)
		if _, _, err := o.parse(KindAccess, altered); err == nil && altered != raw {
			t.Fatalf("%q passes for %q", altered, raw)
		}
	}
	for _, kind := range kinds {
		if _, _, err := o.parse(kind, "tg"+string(kind)+raw[3:]); err == nil && kind != KindAccess {
			t.Fatalf("an access token renamed passes as %q", kind)
		}
	}
}

// TestOpaqueSwap puts a secret to another token's ID: the MAC covers both.
func TestOpaqueSwap(t *testing.T) {
	t.Parallel()
	o, _ := newOpaque(t)
	a, _, _ := o.make(KindAccess)
	b, _, _ := o.make(KindAccess)
	split := prefixSize + encoding.EncodedLen(len(store.ID{})) + 1
	if _, _, err := o.parse(KindAccess, a[:split]+b[split:]); err == nil {
		t.Fatal("ID of one token, secret and MAC of another")
	}
	other, _ := newOpaque(t) // another platform, another MAC key
	if _, _, err := other.parse(KindAccess, a); err == nil {
		t.Fatal("a token of another platform passes")
	}
}

// TestOpaqueOrder: later tokens have greater IDs, so that rows are added at the end.
func TestOpaqueOrder(t *testing.T) {
	t.Parallel()
	o, c := newOpaque(t)
	var last store.ID
	for range 100 {
		_, id, _ := o.make(KindAccess)
		if bytes.Compare(id[:], last[:]) <= 0 {
			t.Fatalf("%x after %x", id, last)
		}
		last = id
		c.now = c.now.Add(time.Millisecond)
	}
}

// TestOpaqueRotate: tokens outlive a rotation of the MAC key.
func TestOpaqueRotate(t *testing.T) {
	t.Parallel()
	o, c := newOpaque(t)
	old, _, _ := o.make(KindRefresh)
	if err := o.ring.RotateMAC(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(RefreshLife)
	if _, _, err := o.parse(KindRefresh, old); err != nil {
		t.Fatalf("a token from before the rotation: %v", err)
	}
	fresh, _, _ := o.make(KindRefresh)
	if fresh[prefixSize-1] == old[prefixSize-1] {
		t.Fatal("new tokens name the old key")
	}
	if _, _, err := o.parse(KindRefresh, old[:prefixSize-1]+fresh[prefixSize-1:prefixSize]+old[prefixSize:]); err == nil {
		t.Fatal("an old token that names the new key passes")
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	a, b := store.Hash(sha256.Sum256([]byte("a"))), store.Hash(sha256.Sum256([]byte("b")))
	if !same(a, a) || same(a, b) {
		t.Fatal("same does not compare")
	}
}

// FuzzParse: what is accepted is exactly what was made.
func FuzzParse(f *testing.F) {
	o, _ := newOpaque(f)
	raw, _, _ := o.make(KindAccess)
	f.Add(raw)
	f.Add(raw[:prefixSize] + "\r\n" + raw[prefixSize+2:])
	f.Add("tga_A")
	f.Fuzz(func(t *testing.T, s string) {
		id, hash, err := o.parse(KindAccess, s)
		if err == nil && s != raw {
			t.Fatalf("%q passes", s)
		}
		if err != nil && (id != (store.ID{}) || hash != (store.Hash{})) {
			t.Fatal("an error with half of a token")
		}
	})
}

// BenchmarkParse: what a token costs before the store is asked.
func BenchmarkParse(b *testing.B) {
	o, _ := newOpaque(b)
	raw, _, _ := o.make(KindAccess)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := o.parse(KindAccess, raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMake: what a new token costs.
func BenchmarkMake(b *testing.B) {
	o, _ := newOpaque(b)
	b.ReportAllocs()
	for b.Loop() {
		o.make(KindAccess)
	}
}
