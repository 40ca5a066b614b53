package jose_test

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/c2sp/wycheproof"

	"github.com/tegata-id/tegata/internal/jose"
)

// FuzzParse feeds tokens, most of them broken ones of the vectors. A refusal leaves
// nothing behind; what is accepted has the one form that Parse promises.
func FuzzParse(f *testing.F) {
	for _, g := range readVectors(f, "json_web_signature_test.json", 401).TestGroups {
		for _, v := range g.Tests {
			f.Add(v.token())
		}
	}
	for _, e := range readExamples(f) {
		f.Add(e.JWS)
	}
	mac := newMAC(f)
	f.Fuzz(func(t *testing.T, raw string) {
		token, err := jose.Parse(raw)
		if err != nil {
			if token.Header() != (jose.Header{}) {
				t.Errorf("header %+v beside an error", token.Header())
			}
			return
		}
		h := token.Header()
		if h.Algorithm.String() == "invalid" || h.Type != "" && h.Type != "JWT" || len(h.KeyID) > 256 || !utf8.ValidString(h.KeyID) || len(raw) > jose.MaxToken {
			t.Errorf("accepted header %+v", h)
		}
		dots := 0
		for _, c := range []byte(raw) {
			switch {
			case c == '.':
				dots++
			case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_':
			default:
				t.Errorf("accepted the byte %q", c)
			}
		}
		if dots != 2 {
			t.Errorf("accepted %d dots", dots)
		}
		if payload, err := token.Verify(mac); err != nil && payload != nil {
			t.Errorf("payload beside %v", err)
		}
	})
}

// FuzzScanObject holds the scanner against encoding/json: what passes here passes
// there, with the same values.
func FuzzScanObject(f *testing.F) {
	for _, name := range []string{"json_web_key_test.json", "json_web_signature_test.json"} {
		data, err := fs.ReadFile(wycheproof.TestVectors, name)
		if err != nil {
			f.Fatal(err)
		}
		var file struct {
			TestGroups []json.RawMessage `json:"testGroups"`
		}
		if err := json.Unmarshal(data, &file); err != nil {
			f.Fatal(err)
		}
		for i, g := range file.TestGroups {
			if i%8 == 0 {
				f.Add([]byte(g))
			}
		}
	}
	for _, e := range readExamples(f) {
		f.Add([]byte(e.Payload))
	}
	for _, text := range []string{
		`{"a":-0.1e+5,"b":[null,true,{"c":"\ud83d\ude00\u0000"}],"é":"é"}`, `{"a":1,"\u0061":2}`, "{\"\xff\":1}", `{"a":"\ud83d"}`,
		`{"a":-0,"b":12345678901234567890,"c":1e999}`, " {\n} ", `{"a":[[[[[[[[]]]]]]]]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := map[string]jose.Value{}
		if jose.ScanObject(data, func(name string, v jose.Value) error { got[name] = v; return nil }) != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("encoding/json refuses: %v", err)
		}
		if len(got) != len(want) || !utf8.Valid(data) {
			t.Fatalf("%d members, encoding/json has %d", len(got), len(want))
		}
		for name, v := range got {
			raw, ok := want[name]
			if !ok || string(raw) != string(v.Raw()) {
				t.Fatalf("member %q is %s, encoding/json has %s", name, v.Raw(), raw)
			}
			sameValue(t, v, raw)
		}
	})
}

func sameValue(t *testing.T, v jose.Value, raw json.RawMessage) {
	t.Helper()
	var got, want any
	var err error
	switch v.Kind() {
	case jose.String:
		var s string
		got, err = v.String()
		if json.Unmarshal(raw, &s) != nil {
			t.Fatalf("encoding/json does not read %s", raw)
		}
		want = s
	case jose.Bool:
		got, err = v.Bool()
		want = string(raw) == "true"
	case jose.Number:
		var n int64
		if got, err = v.Int64(); err != nil {
			return // a fraction, an exponent, or too large: kinds that we refuse on purpose
		}
		if json.Unmarshal(raw, &n) != nil {
			t.Fatalf("encoding/json does not read %s as an integer", raw)
		}
		want = n
	case jose.Array:
		var l []string
		if got, err = v.Strings(); err != nil {
			return
		}
		if json.Unmarshal(raw, &l) != nil {
			t.Fatalf("encoding/json does not read %s as strings", raw)
		}
		want = l
	case jose.Object, jose.Null:
		return
	default:
		t.Fatalf("kind %d", v.Kind())
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %#v, %v; want %#v", raw, got, err, want)
	}
}

// FuzzParseSet reads sets. A refusal leaves nothing; what is kept can be written and
// read again, under key IDs that are all different.
func FuzzParseSet(f *testing.F) {
	for _, g := range readVectors(f, "json_web_key_test.json", 26).TestGroups {
		f.Add([]byte(g.Public))
		f.Add([]byte(g.Private))
	}
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY","y":"UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"ANODdMYttobIcrwaeyNeu7GxP216sqpAD33n3ZJTDu8G","y":"UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := jose.ParseSet(data)
		if err != nil {
			if len(set.Keys())+len(set.Dropped()) != 0 {
				t.Errorf("keys or reasons beside an error")
			}
			return
		}
		again, err := jose.NewSet(set.Keys()...)
		if err != nil {
			t.Fatalf("the set is not a set: %v", err)
		}
		text, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		back, err := jose.ParseSet(text)
		if err != nil || len(back.Keys()) != len(set.Keys()) || len(back.Dropped()) != 0 {
			t.Fatalf("written and read again: %v, dropped %v", err, back.Dropped())
		}
		for i, k := range back.Keys() {
			if !reflect.DeepEqual(k, set.Keys()[i]) {
				t.Errorf("key %d changed", i)
			}
		}
	})
}

// FuzzPlainMember holds the short way through a member to the long one: what it takes,
// the other takes with the same result.
func FuzzPlainMember(f *testing.F) {
	for _, text := range []string{
		`"sub":"U0123456789","x":1}`, `"exp":1700000000}`, `"exp":0}`, `"exp":01}`, `"exp":1.5}`, `"exp":1e3}`, `"a\u0062":1}`, `"a" :1}`,
		`"a": 1}`, `"a":"b\n"}`, `"a":"é"}`, "\"a\":\"\x00\"}", `"a":"b`, `"":""}`, `"a":-1}`, `"a":12345678901234567890}`, `"a":[1]}`, `"a":12`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, v, next := jose.PlainMember(text)
		if next == 0 {
			return
		}
		wantName, want, end, err := jose.AnyMember(text)
		if err != nil || name != wantName || !reflect.DeepEqual(v, want) || next != end {
			t.Errorf("%q: %q %s to %d; by the long way %q %s to %d, %v", text, name, v.Raw(), next, wantName, want.Raw(), end, err)
		}
	})
}

// FuzzDecode holds the reader of segments to encoding/base64: it takes what that takes
// strictly, except for line breaks, with the same bytes.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"", "A", "AA", "AAA", "AAAA", "AB", "AAB", "AA==", "A\nAA", "A\rAA", "-_-_", "+/+/", "AAAAAAAAAAA", "AAAAAAAAAAAAAAAA", "AAAAAAA\xff", " AAAA", "AAAAAAAA\nAAAAAAAAAAA",
		"eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ", "____________________________________________________________________", "AAAA.AAA",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, segment string) {
		got, ok := jose.Decode(segment)
		want, err := base64.RawURLEncoding.Strict().DecodeString(segment)
		wantOK := err == nil && !strings.ContainsAny(segment, "\r\n")
		if ok != wantOK || ok && string(got) != string(want) || !ok && len(got) != 0 {
			t.Errorf("%q: %x, %v; encoding/base64: %x, %v", segment, got, ok, want, err)
		}
	})
}
