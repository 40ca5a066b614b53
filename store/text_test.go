package store_test

import (
	"testing"

	"github.com/tegata-id/tegata/store"
)

func FuzzHashText(f *testing.F) {
	good, err := store.Hash{1, 2, 255}.MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[1:])
	f.Add([]byte("zz"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h store.Hash
		if h.UnmarshalText(text) != nil {
			if h != (store.Hash{}) {
				t.Errorf("%q was refused and left %x", text, h)
			}
			return
		}
		back, err := h.MarshalText()
		var again store.Hash
		if err != nil || again.UnmarshalText(back) != nil || again != h {
			t.Errorf("%q read as %x, written as %q: %v", text, h, back, err)
		}
	})
}

func TestIDText(t *testing.T) {
	t.Parallel()
	id := store.ID{0xab, 1}
	text, err := id.MarshalText()
	if err != nil || string(text) != "ab010000000000000000000000000000" {
		t.Errorf("wrote %q, %v", text, err)
	}
	var back store.ID
	if err := back.UnmarshalText(text); err != nil || back != id {
		t.Errorf("read %x, %v", back, err)
	}
	if err := back.UnmarshalText(text[:30]); err == nil {
		t.Error("a short ID was read")
	}
}
