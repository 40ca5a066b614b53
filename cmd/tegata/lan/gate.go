package lan

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Path is where a phone is paired, and where it then finds the apps, on the platform's
// address in the network.
const Path = "/_tegata/lan"

const (
	cookieName = "__Host-tegata_lan"
	maxPhones  = 50          // paired at once; the oldest is forgotten
	maxWrong   = 5           // guesses of an address, then it waits
	maxBurnt   = 30          // guesses of all, then there is another code, and all wait
	wait       = time.Minute // of an address that guessed, and of all
	maxGuesses = 100         // addresses that are remembered for guessing; then the old ones are forgotten
	maxForm    = 4 << 10     // bytes of the pairing form
)

// Gate lets phones in that were paired by a code which only this machine's terminal shows. A
// code pairs one phone. A Gate may be used from many goroutines; make it with NewGate.
type Gate struct {
	cfg GateConfig

	mu      sync.Mutex
	code    string              // guarded by mu: the one that pairs the next phone
	burnt   int                 // guarded by mu: wrong guesses of this code
	closed  time.Time           // guarded by mu: no code is looked at until then
	phones  map[[32]byte]bool   // guarded by mu: hashes of the cookies
	order   [][32]byte          // guarded by mu: of phones, oldest first
	guesses map[string]*guesses // guarded by mu: by address
}

// GateConfig is what a Gate needs; every field is required.
type GateConfig struct {
	// Base is the platform's origin in the network, such as https://192.168.1.5:4810.
	Base string
	// Apps lists what a paired phone can open.
	Apps func() []App
	// Fresh is told of each code but the first, as soon as it is good.
	Fresh func(code string)
	// Now is the clock of the machine: a lab's may stand still, and guesses with it.
	Now func() time.Time
}

// App is a LIFF app at its address in the network.
type App struct{ Name, Origin, URL string }

// guesses are the wrong codes of an address.
type guesses struct {
	wrong int
	until time.Time // waits until then
}

// NewGate returns a Gate that has let nobody in.
func NewGate(cfg GateConfig) *Gate {
	return &Gate{cfg: cfg, code: newCode(), phones: map[[32]byte]bool{}, guesses: map[string]*guesses{}}
}

// newCode returns eight random digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		panic("lan: " + err.Error()) // never fails (crypto/rand)
	}
	return fmt.Sprintf("%08d", n)
}

// Code returns the code that pairs the next phone: eight digits.
func (g *Gate) Code() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.code
}

// verdict is what comes of a guess.
type verdict int

const (
	wrong verdict = iota
	right
	tooMany
)

// pair tries a code. On the right one it returns the value of the phone's cookie.
func (g *Gate) pair(code, address string) (cookie string, v verdict) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.cfg.Now()
	if now.Before(g.closed) {
		return "", tooMany
	}
	of := g.guessesOf(address, now)
	if of.wrong >= maxWrong {
		return "", tooMany
	}
	code = strings.NewReplacer(" ", "", "-", "").Replace(code)
	if subtle.ConstantTimeCompare([]byte(code), []byte(g.code)) != 1 {
		of.wrong, of.until = of.wrong+1, now.Add(wait)
		if g.burnt++; g.burnt >= maxBurnt {
			g.next()
			g.closed = now.Add(wait) // who guesses may have any number of addresses
		}
		return "", wrong
	}
	g.next()
	delete(g.guesses, address)
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	cookie = base64.RawURLEncoding.EncodeToString(raw[:])
	hash := sha256.Sum256([]byte(cookie))
	if len(g.order) >= maxPhones {
		delete(g.phones, g.order[0])
		g.order = g.order[1:]
	}
	g.phones[hash], g.order = true, append(g.order, hash)
	return cookie, right
}

// next makes another code. The caller holds mu.
func (g *Gate) next() {
	g.code, g.burnt = newCode(), 0
	g.cfg.Fresh(g.code)
}

// guessesOf returns what an address has guessed within the last minute. The caller holds mu.
func (g *Gate) guessesOf(address string, now time.Time) *guesses {
	of := g.guesses[address]
	if of != nil && now.Before(of.until) {
		return of
	}
	if len(g.guesses) >= maxGuesses { // those of the last minute are few: all wait after maxBurnt
		maps.DeleteFunc(g.guesses, func(_ string, old *guesses) bool { return !now.Before(old.until) })
	}
	of = &guesses{until: now.Add(wait)}
	g.guesses[address] = of
	return of
}

// paired says whether a request comes from a phone that was let in.
func (g *Gate) paired(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	if err != nil || len(c.Value) > 100 {
		return false
	}
	hash := sha256.Sum256([]byte(c.Value))
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.phones[hash] // by a hash: what its comparison tells is of no use
}

// addressOf returns who sent a request.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
