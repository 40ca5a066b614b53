package jose_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
)

func ignore(string, jose.Value) error { return nil }

// TestScanRefuses has one case for each fault, and each text that other readers are
// known to let pass.
func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "blank": " ", "array": "[]", "string": `"a"`, "null": "null", "number": "1",
		"open": "{", "comma first": "{,}", "comma last": `{"a":1,}`, "two commas": `{"a":1,,"b":1}`,
		"no colon": `{"a" 1}`, "no value": `{"a":}`, "value cut": `{"a":`, "no comma": `{"a":1 "b":2}`,
		"name unquoted": `{a:1}`, "name single quotes": `{'a':1}`, "name number": `{1:1}`,
		"second object": `{}{}`, "garbage behind": `{} x`, "NUL behind": "{}\x00", "comment": `{/**/}`, "BOM": "\ufeff{}",
		"form feed": "{\f}", "no-break space": "{\u00a0}",
		"twice": `{"a":1,"a":1}`, "twice, escaped": `{"a":1,"\u0061":1}`, "twice, far": `{"a":1` + manyNames(40) + `,"n39":1}`,
		"True": `{"a":True}`, "tru": `{"a":tru}`, "truefalse": `{"a":truefalse}`, "NaN": `{"a":NaN}`, "Infinity": `{"a":-Infinity}`, "undefined": `{"a":undefined}`,
		"plus": `{"a":+1}`, "leading zero": `{"a":01}`, "minus": `{"a":-}`, "minus zero one": `{"a":-01}`, "point first": `{"a":.5}`, "point last": `{"a":5.}`, "exponent": `{"a":1e}`, "exponent sign": `{"a":1e+}`, "hex": `{"a":0x1}`,
		"string open": `{"a":"b`, "string open at escape": `{"a":"\`, "line break in string": "{\"a\":\"\n\"}", "NUL in string": "{\"a\":\"\x00\"}",
		"escape x": `{"a":"\x41"}`, "escape quote": `{"a":"\'"}`, "escape U": `{"a":"\U0041"}`, "short u": `{"a":"\u12"}`, "u not hex": `{"a":"\u12g4"}`,
		"lone high": `{"a":"\ud83d"}`, "lone low": `{"a":"\ude00"}`, "high high": `{"a":"\ud83d\ud83d"}`, "high then text": `{"a":"\ud83dx12345"}`, "low high": `{"a":"\ude00\ud83d"}`,
		"lone surrogate in a name": `{"\ud83d":1}`,
		"not UTF-8":                "{\"a\":\"\xff\"}", "overlong": "{\"a\":\"\xc0\xaf\"}", "CESU surrogate": "{\"a\":\"\xed\xa0\x80\"}", "UTF-8 cut": "{\"a\":\"\xe3\x81\"}", "name not UTF-8": "{\"\xff\":1}",
		"UTF-16":     "{\x00}\x00",
		"depth 9":    `{"a":` + strings.Repeat("[", 8) + strings.Repeat("]", 8) + `}`,
		"depth 9 {}": strings.Repeat(`{"a":`, 9) + "1" + strings.Repeat("}", 9),
		"array open": `{"a":[1`, "array comma": `{"a":[1,]}`, "array no comma": `{"a":[1 2]}`, "bracket and brace": `{"a":[1}]`,
		"nested fault": `{"a":{"b":[{"c":01}]}}`, "nested lone surrogate": `{"a":["\ud83d"]}`, "nested not UTF-8": "{\"a\":[\"\xff\"]}",
	} {
		if err := jose.ScanObject([]byte(text), ignore); !errors.Is(err, jose.ErrMalformed) {
			t.Errorf("%s: %q gave %v", name, text, err)
		}
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"n` + string(rune('0'+i/10)) + string(rune('0'+i%10)) + `":1`)
	}
	return b.String()
}

func TestScanValues(t *testing.T) {
	t.Parallel()
	text := " {\t\"s\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀\" ,\r\n\"e\":\"\",\"i\":-42,\"z\":0,\"f\":1.5,\"x\":1e3,\"big\":9223372036854775808," +
		`"t":true,"no":false,"n":null,"l":["a","\u0062"],"el":[ ],"m":["a",1],"o":{"b":[]},"S":"other","\u006e\u0032":1} `
	got := map[string]jose.Value{}
	var order []string
	err := jose.ScanObject([]byte(text), func(name string, v jose.Value) error {
		got[name] = v
		order = append(order, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"s", "e", "i", "z", "f", "x", "big", "t", "no", "n", "l", "el", "m", "o", "S", "n2"}; !slices.Equal(order, want) {
		t.Errorf("members %q, want %q", order, want)
	}
	if s, err := got["s"].String(); s != "a\"\\/\b\f\n\r\té😀é😀" || err != nil {
		t.Errorf("s: %q, %v", s, err)
	}
	if s, err := got["e"].String(); s != "" || err != nil {
		t.Errorf("e: %q, %v", s, err)
	}
	for name, want := range map[string]int64{"i": -42, "z": 0} {
		if n, err := got[name].Int64(); n != want || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	for _, name := range []string{"f", "x", "big", "s", "n", "l", "t"} {
		if n, err := got[name].Int64(); n != 0 || !errors.Is(err, jose.ErrMalformed) {
			t.Errorf("%s as integer: %d, %v", name, n, err)
		}
	}
	yes, err1 := got["t"].Bool()
	no, err2 := got["no"].Bool()
	if _, err := got["n"].Bool(); !yes || no || err1 != nil || err2 != nil || !errors.Is(err, jose.ErrMalformed) {
		t.Errorf("booleans: %v %v, %v %v, null %v", yes, no, err1, err2, err)
	}
	if l, err := got["l"].Strings(); !slices.Equal(l, []string{"a", "b"}) || err != nil {
		t.Errorf("l: %q, %v", l, err)
	}
	if l, err := got["el"].Strings(); l == nil || len(l) != 0 || err != nil {
		t.Errorf("el: %#v, %v", l, err)
	}
	for _, name := range []string{"m", "s", "o", "n"} {
		if l, err := got[name].Strings(); l != nil || !errors.Is(err, jose.ErrMalformed) {
			t.Errorf("%s as strings: %q, %v", name, l, err)
		}
	}
	for _, name := range []string{"i", "n", "l", "o", "t"} {
		if s, err := got[name].String(); s != "" || !errors.Is(err, jose.ErrMalformed) {
			t.Errorf("%s as string: %q, %v", name, s, err)
		}
	}
	kinds := map[string]jose.Kind{"s": jose.String, "i": jose.Number, "t": jose.Bool, "n": jose.Null, "l": jose.Array, "o": jose.Object}
	for name, want := range kinds {
		if got[name].Kind() != want {
			t.Errorf("kind of %s is %d, want %d", name, got[name].Kind(), want)
		}
	}
	if raw := got["o"].Raw(); string(raw) != `{"b":[]}` {
		t.Errorf("raw %s", raw)
	}
}

func TestScanDepth(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"a":` + strings.Repeat("[", 7) + strings.Repeat("]", 7) + `}`,
		strings.Repeat(`{"a":`, 8) + "1" + strings.Repeat("}", 8),
	} {
		if err := jose.ScanObject([]byte(text), ignore); err != nil {
			t.Errorf("depth 8 refused: %s: %v", text, err)
		}
	}
}

// TestScanStops hands the member's own error back, unchanged.
func TestScanStops(t *testing.T) {
	t.Parallel()
	mine := errors.New("mine")
	calls := 0
	err := jose.ScanObject([]byte(`{"a":1,"b":2}`), func(string, jose.Value) error { calls++; return mine })
	if err != mine || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}

// TestScanErrorsSayNothing keeps the content of a text out of errors.
func TestScanErrorsSayNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"hunter2":1,"hunter2":1}`, `{"a":hunter2}`, `{"a":"hunter2\x"}`, `{"a":1}hunter2`} {
		if err := jose.ScanObject([]byte(text), ignore); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestScanManyNames bounds the work on an object of very many members. A scan that
// compares each name with all others takes minutes here.
func TestScanManyNames(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"x":1`)
	for i := range 300_000 {
		b.WriteString(`,"`)
		for n := i; n > 0; n >>= 4 {
			b.WriteByte("0123456789abcdef"[n&15])
		}
		b.WriteString(`_":1`)
	}
	b.WriteString("}")
	start := time.Now()
	if err := jose.ScanObject([]byte(b.String()), ignore); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                   `""`,
		`a"b\c/`:             `"a\"b\\c/"`,
		"\n\r\t\x00\x1f\x7f": `"\n\r\t\u0000\u001f` + "\x7f\"",
		"<script>&'":         `"<script>&'"`,
		"é😀\u2028":           `"é😀` + "\u2028\"",
		"a\xffb":             `"a` + "\ufffd" + `b"`,
	} {
		got := string(jose.AppendString(nil, in))
		if got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != strings.ToValidUTF8(in, "\ufffd") {
			t.Errorf("%q: read back %q, %v", in, back, err)
		}
	}
}

// TestPlain puts each byte at each place of a text: what ends the plain part is found
// there, no earlier and no later.
func TestPlain(t *testing.T) {
	t.Parallel()
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				text := []byte(strings.Repeat("!", at) + string(rune(0)) + strings.Repeat("~", length-at-1))
				text[at] = byte(c)
				want := at
				if c >= ' ' && c < 0x80 && c != '"' && c != '\\' {
					want = length
				}
				for pos := range at + 1 {
					if got := jose.Plain(string(text), pos); got != want {
						t.Fatalf("plain(%q, %d) = %d, want %d", text, pos, got, want)
					}
				}
			}
		}
	}
}
