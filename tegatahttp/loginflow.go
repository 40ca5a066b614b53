package tegatahttp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A state is random bytes, one that says whether it is that of a second try, and a MAC.
// Its text has letters and digits alone, as LINE wants it, and every text stands for
// bytes of its own: 35 bytes are 56 digits of base32 with no bit left over.
const (
	stateRandom = 18
	stateMAC    = 16
	stateSize   = stateRandom + 1 + stateMAC
	stateDigits = stateSize * 8 / 5

	secretSize = 32
	flowSize   = stateSize + 2*secretSize + 8 // without next
)

// flow is a login that is under way.
type flow struct {
	state    [stateSize]byte
	nonce    [secretSize]byte
	verifier [secretSize]byte // code_verifier of RFC 7636
	begun    int64            // unix seconds
	next     string
}

// newFlow makes a login, of which nobody can guess state, nonce or code_verifier.
func newFlow(macKey []byte, now time.Time, next string, retry bool) *flow {
	f := &flow{begun: now.Unix(), next: next}
	for _, b := range [][]byte{f.state[:stateRandom], f.nonce[:], f.verifier[:]} {
		_, _ = rand.Read(b) // never fails (crypto/rand)
	}
	if retry {
		f.state[stateRandom] = 1
	}
	copy(f.state[stateRandom+1:], macState(macKey, f.state[:stateRandom+1]))
	return f
}

func macState(key, body []byte) []byte {
	m := hmac.New(sha256.New, key)
	_, _ = m.Write(body) // never fails (hash.Hash)
	return m.Sum(nil)[:stateMAC]
}

// isRetryState says whether a text is a state that was made here, for a second try. So a
// browser that comes back without the login again, such as in yet another app, is not sent
// round for ever.
func isRetryState(macKey []byte, text string) bool {
	state, err := base32.StdEncoding.DecodeString(text)
	if err != nil || len(state) != stateSize {
		return false
	}
	body, mac := state[:stateRandom+1], state[stateRandom+1:]
	return hmac.Equal(mac, macState(macKey, body)) && body[stateRandom] == 1
}

func (f *flow) isRetry() bool { return f.state[stateRandom] == 1 }

// isUnderWay allows for servers whose clocks differ a little.
func (f *flow) isUnderWay(now time.Time) bool {
	begun := time.Unix(f.begun, 0)
	return now.After(begun.Add(-time.Minute)) && now.Before(begun.Add(loginLife))
}

func (f *flow) stateText() string    { return base32.StdEncoding.EncodeToString(f.state[:]) }
func (f *flow) nonceText() string    { return base64.RawURLEncoding.EncodeToString(f.nonce[:]) }
func (f *flow) verifierText() string { return base64.RawURLEncoding.EncodeToString(f.verifier[:]) }

// challenge is the code_challenge of RFC 7636 section 4.2.
func (f *flow) challenge() string {
	sum := sha256.Sum256([]byte(f.verifierText()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// marshal is how a login is written into its cookie.
func (f *flow) marshal() []byte {
	data := make([]byte, 0, flowSize+len(f.next))
	data = append(data, f.state[:]...)
	data = append(data, f.nonce[:]...)
	data = append(data, f.verifier[:]...)
	data = binary.BigEndian.AppendUint64(data, uint64(f.begun))
	return append(data, f.next...)
}

// parseFlow reads what marshal has written.
func parseFlow(data []byte) (*flow, bool) {
	if len(data) < flowSize || len(data) > flowSize+maxNext {
		return nil, false
	}
	f := new(flow)
	data = data[copy(f.state[:], data):]
	data = data[copy(f.nonce[:], data):]
	data = data[copy(f.verifier[:], data):]
	f.begun = int64(binary.BigEndian.Uint64(data))
	f.next = string(data[8:])
	return f, true
}
