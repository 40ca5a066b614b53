package login

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of the passwords that we hash: OWASP's second choice for argon2id, about
// 60 ms of a core.
const (
	hashTime    = 2
	hashMemory  = 19 << 10 // KiB
	hashThreads = 1
	saltBytes   = 16
	keyBytes    = 32
)

// The dearest hash that is accepted from an import: one login must not take the
// machine's memory.
const (
	maxTime    = 16
	maxMemory  = 256 << 10 // KiB
	maxThreads = 16
	maxPHC     = 512 // bytes
)

// ErrHash means that a stored password hash is not argon2id in PHC form within our
// bounds.
var ErrHash = errors.New("password hash is not argon2id in PHC form")

var phcBase64 = base64.RawStdEncoding.Strict()

// phc is a password hash taken apart.
type phc struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// HashPassword hashes a password with a new salt, to argon2id in PHC form. It takes
// about 60 ms and 19 MiB.
func HashPassword(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	h := phc{memory: hashMemory, time: hashTime, threads: hashThreads, salt: salt}
	h.key = h.derive(password, keyBytes)
	return h.String()
}

// VerifyPassword says whether password is the one that was hashed to encoded. The
// error is ErrHash; then the answer is false.
func VerifyPassword(encoded, password string) (bool, error) {
	h, err := parsePHC(encoded)
	if err != nil {
		return false, err
	}
	got := h.derive(password, len(h.key))
	return subtle.ConstantTimeCompare(got, h.key) == 1, nil
}

func (h phc) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(size)) //nolint:gosec // at most 64
}

// String returns the hash in PHC form.
func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads,
		phcBase64.EncodeToString(h.salt), phcBase64.EncodeToString(h.key))
}

// parsePHC takes the PHC form apart. Only the one spelling that String writes is
// accepted, so that a hash has one text.
func parsePHC(s string) (phc, error) {
	if len(s) > maxPHC {
		return phc{}, fmt.Errorf("%w: longer than %d bytes", ErrHash, maxPHC)
	}
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" {
		return phc{}, fmt.Errorf("%w: want $argon2id$v=$m=,t=,p=$salt$key", ErrHash)
	}
	if part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, fmt.Errorf("%w: want argon2id, version %d", ErrHash, argon2.Version)
	}
	cost := strings.Split(part[3], ",")
	if len(cost) != 3 {
		return phc{}, fmt.Errorf("%w: want m=,t=,p=", ErrHash)
	}
	memory, ok1 := costOf(cost[0], "m=", 8, maxMemory)
	time, ok2 := costOf(cost[1], "t=", 1, maxTime)
	threads, ok3 := costOf(cost[2], "p=", 1, maxThreads)
	if !ok1 || !ok2 || !ok3 || memory < 8*threads {
		return phc{}, fmt.Errorf("%w: cost is out of bounds", ErrHash)
	}
	salt, err1 := phcBase64.DecodeString(part[4])
	key, err2 := phcBase64.DecodeString(part[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return phc{}, fmt.Errorf("%w: salt or key is malformed", ErrHash)
	}
	h := phc{memory: memory, time: time, threads: uint8(threads), salt: salt, key: key}
	if h.String() != s {
		return phc{}, fmt.Errorf("%w: not in its plain spelling", ErrHash)
	}
	return h, nil
}

func costOf(s, name string, least, most uint32) (uint32, bool) {
	digits, ok := strings.CutPrefix(s, name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	v := uint32(n)
	return v, err == nil && v >= least && v <= most
}
