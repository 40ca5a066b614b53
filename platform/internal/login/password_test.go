package login_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/login"
)

// cheap is a hash of the lowest cost that is accepted, cut off before its key.
const cheap = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$"

func TestPasswordRoundTrip(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"demo", "パスワード", " spaces kept ", strings.Repeat("x", 1024)} {
		h := login.HashPassword(password)
		if !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Fatalf("hash of %q = %q", password, h)
		}
		if ok, err := login.VerifyPassword(h, password); !ok || err != nil {
			t.Errorf("verify %q: %v, %v", password, ok, err)
		}
		if ok, err := login.VerifyPassword(h, password+"x"); ok || err != nil {
			t.Errorf("verify %q with one more: %v, %v", password, ok, err)
		}
	}
	first, second := login.HashPassword("demo"), login.HashPassword("demo")
	if first == second {
		t.Error("two hashes of a password are the same: no salt")
	}
}

// The reference implementation's own vector (phc-winner-argon2, test.c: version 0x13,
// t=2, m=2^16, p=1, "password", "somesalt").
func TestPasswordReferenceVector(t *testing.T) {
	t.Parallel()
	const ref = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := login.VerifyPassword(ref, "password"); !ok || err != nil {
		t.Fatalf("reference vector: %v, %v", ok, err)
	}
}

func TestPasswordHashRefused(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("A", 43)
	for name, s := range map[string]string{
		"empty":               "",
		"plain text":          "demo",
		"bcrypt":              "$2b$12$C6UzMDM.H6dfI/f/IKcEeO5Z7n1m9nqfV1C8b0p6nXh6u2ZQ0y1qS",
		"argon2i":             "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$" + key,
		"old version":         "$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHQ$" + key,
		"no version":          "$argon2id$m=19456,t=2,p=1$c29tZXNhbHQ$" + key,
		"zero time":           "$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHQ$" + key,
		"huge memory":         "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$" + key,
		"overflowing memory":  "$argon2id$v=19$m=4294967304,t=2,p=1$c29tZXNhbHQ$" + key,
		"zero threads":        "$argon2id$v=19$m=19456,t=2,p=0$c29tZXNhbHQ$" + key,
		"memory below 8p":     "$argon2id$v=19$m=8,t=2,p=2$c29tZXNhbHQ$" + key,
		"leading zero":        "$argon2id$v=19$m=019456,t=2,p=1$c29tZXNhbHQ$" + key,
		"sign":                "$argon2id$v=19$m=+19456,t=2,p=1$c29tZXNhbHQ$" + key,
		"other order":         "$argon2id$v=19$t=2,m=19456,p=1$c29tZXNhbHQ$" + key,
		"one more parameter":  "$argon2id$v=19$m=19456,t=2,p=1,keyid=AA$c29tZXNhbHQ$" + key,
		"short salt":          "$argon2id$v=19$m=19456,t=2,p=1$c2E$" + key,
		"short key":           "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$AAAA",
		"no key":              cheap,
		"padded":              "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ=$" + key,
		"unused bits":         "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHR$" + key,
		"line break in key":   "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$" + key[:20] + "\n" + key[20:],
		"something after key": "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$" + key + "$",
		"too long":            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$" + strings.Repeat("A", 600),
	} {
		ok, err := login.VerifyPassword(s, "demo")
		if ok || !errors.Is(err, login.ErrHash) {
			t.Errorf("%s: %v, %v; want false, ErrHash", name, ok, err)
		}
	}
}

func FuzzPasswordHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add(cheap + "AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := login.ReadHash(s)
		if err != nil {
			if !errors.Is(err, login.ErrHash) || text != "" {
				t.Fatalf("ReadHash(%q) = %q, %v: want nothing and ErrHash", s, text, err)
			}
			return
		}
		if text != s {
			t.Fatalf("%q is read as %q: a hash has one spelling", s, text)
		}
	})
}
