package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// workload is one thing to measure.
type workload struct {
	name   string
	keys   wrongtoken.Keys
	floor  string // what 1.00 is
	batch  int    // tokens in one turn
	refuse bool   // the tokens are to be refused
	tokens func(turn, batch int) []string
}

// contender takes turns at a workload.
type contender struct {
	name   string
	verify func(raw string) error // nil if the library has nothing for it
	// bare does the cryptography of a token and nothing else. It is the floor's; others
	// have verify.
	bare func(t cut) error
}

// cut is a token as the floor wants it.
type cut struct{ signed, signature []byte }

// measured is what a workload cost one contender.
type measured struct {
	name        string
	ratio       float64       // to the floor of the same turn, median
	each        time.Duration // CPU time of one token, median
	allocations float64       // of one token
}

// full is how many tokens go before those that are measured: more than a verifier of ours
// remembers, so that each new one pushes an old one out, as in a server that runs for
// long.
const full = 5000

// workloads makes every token that is needed, so that none comes twice where each is to
// be a new one.
func workloads(rounds int) []workload {
	const es, hs = "SHA-256 and ecdsa.Verify", "HMAC-SHA256"
	fresh := func(keys wrongtoken.Keys, batch, warm int) func(int, int) []string {
		tokens := sync.OnceValue(func() []string { // a profile of one workload makes no others'
			tokens, _ := wrongtoken.Fresh(keys, warm+rounds*batch)
			return tokens
		})
		return func(turn, batch int) []string {
			if turn == 0 {
				return tokens()[:warm]
			}
			return tokens()[warm+(turn-1)*batch : warm+turn*batch]
		}
	}
	forged := func(keys wrongtoken.Keys, batch int) func(int, int) []string {
		good := fresh(keys, batch, batch)
		return func(turn, batch int) []string { return forge(good(turn, batch)) }
	}
	same := func(token string) func(int, int) []string {
		return func(_, batch int) []string { return slices.Repeat([]string{token}, batch) }
	}
	one, _ := wrongtoken.Fresh(wrongtoken.ES256, 1)
	long := strings.Repeat("a", 1<<20)
	const few, many = 32, 1024
	return []workload{
		{"ES256, each token a new one", wrongtoken.ES256, es, few, false, fresh(wrongtoken.ES256, few, full)},
		{"ES256, the same token again", wrongtoken.ES256, es, many, false, same(one[0])},
		{"ES256, forged", wrongtoken.ES256, es, few, true, forged(wrongtoken.ES256, few)},
		{"HS256, each token a new one", wrongtoken.HS256, hs, many, false, fresh(wrongtoken.HS256, many, many)},
		{"HS256, forged", wrongtoken.HS256, hs, many, true, forged(wrongtoken.HS256, many)},
		{"1 MiB of text", wrongtoken.ES256, es, few, true, same(long)},
		{"1 MiB of dots", wrongtoken.ES256, es, few, true, same(strings.Repeat(".", 1<<20))},
		{"1 MiB between two dots", wrongtoken.ES256, es, few, true, same(one[0][:strings.IndexByte(one[0], '.')+1] + long + ".AAAA")},
	}
}

// forge puts another user into tokens and leaves their signatures.
func forge(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, raw := range tokens {
		part := strings.Split(raw, ".")
		payload, err := base64.RawURLEncoding.DecodeString(part[1])
		if err != nil {
			panic("compare: " + err.Error()) // the list's own tokens
		}
		other := strings.Replace(string(payload), `"sub":"U0`, `"sub":"Uf`, 1)
		out[i] = part[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(other)) + "." + part[2]
	}
	return out
}

// contenders opens every library for a workload; the first is the floor.
func contenders(ctx context.Context, w workload, set string) ([]contender, error) {
	floor, err := floorOf(w, set)
	if err != nil {
		return nil, err
	}
	all := []contender{{name: w.floor, bare: floor}}
	for _, l := range libraries {
		c, err := openFor(ctx, w, l, set)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// openFor opens one library for a workload.
func openFor(ctx context.Context, w workload, l library, set string) (contender, error) {
	s := wrongtoken.Controls()[0].Settings
	if w.keys == wrongtoken.HS256 {
		s = wrongtoken.Controls()[1].Settings
	}
	check, err := l.open(ctx, setup{Settings: s, net: newNetwork(set), now: wrongtoken.Now})
	if errors.Is(err, errNotOffered) {
		return contender{name: l.name}, nil
	}
	if err != nil {
		return contender{}, fmt.Errorf("%s: %w", l.name, err)
	}
	return contender{name: l.name, verify: func(raw string) error {
		_, err := check(ctx, raw)
		return err
	}}, nil
}

// speed measures everything and writes the table of docs/comparison.md.
func speed(ctx context.Context, rounds int, only string) (string, error) {
	configureJWX()
	var b strings.Builder
	head := "| | what 1.00 is |"
	for _, l := range libraries {
		head += " " + l.name + " |"
	}
	fmt.Fprintf(&b, "%s\n|---|---|%s\n", head, strings.Repeat("--:|", len(libraries)))
	var allocations strings.Builder
	for _, w := range workloads(rounds) {
		if !strings.Contains(w.name, only) {
			continue
		}
		results, err := measure(ctx, w, rounds)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %s | %s, %s |", w.name, w.floor, micro(results[0].each))
		fmt.Fprintf(&allocations, "| %s | |", w.name)
		for _, r := range results[1:] {
			if r.each == 0 {
				b.WriteString(" – |")
				allocations.WriteString(" – |")
				continue
			}
			fmt.Fprintf(&b, " %s |", cost(w, r))
			fmt.Fprintf(&allocations, " %.0f |", r.allocations)
		}
		b.WriteString("\n")
		allocations.WriteString("\n")
	}
	fmt.Fprintf(&b, "\nAllocations of one token:\n\n%s\n|---|---|%s\n%s", strings.Replace(head, "what 1.00 is", "", 1), strings.Repeat("--:|", len(libraries)), allocations.String())
	return b.String(), nil
}

// cost writes a ratio, or for texts that are no tokens the time.
func cost(w workload, r measured) string {
	if strings.HasPrefix(w.name, "1 MiB") {
		return micro(r.each)
	}
	if r.ratio < 0.1 {
		return fmt.Sprintf("%.3f", r.ratio)
	}
	return fmt.Sprintf("%.2f", r.ratio)
}

func micro(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3) }

// measure gives each contender a turn in each round, the floor at the start and at the
// end, so that a busy machine slows all of them.
func measure(ctx context.Context, w workload, rounds int) ([]measured, error) {
	_, set := wrongtoken.Fresh(w.keys, 0)
	all, err := contenders(ctx, w, set)
	if err != nil {
		return nil, err
	}
	ratios := make([][]float64, len(all))
	each := make([][]float64, len(all))
	allocations := make([]float64, len(all))
	for round := range rounds + 1 {
		tokens := w.tokens(round, w.batch)
		costs := make([]float64, len(all))
		for i := range all {
			at := (i + round) % len(all) // nobody is always first
			cost, objects, err := turn(w, all[at], tokens)
			if err != nil {
				return nil, err
			}
			costs[at] = cost
			allocations[at] = objects
		}
		if round == 0 {
			continue // keys are fetched, tables are built
		}
		for i := range all {
			ratios[i] = append(ratios[i], costs[i]/costs[0])
			each[i] = append(each[i], costs[i])
		}
	}
	out := make([]measured, len(all))
	for i, c := range all {
		out[i] = measured{name: c.name, ratio: median(ratios[i]), each: time.Duration(median(each[i])), allocations: allocations[i]}
	}
	return out, nil
}

// turn runs one contender over the tokens and returns nanoseconds of CPU and allocations,
// both for one token. All threads count, so that what the collector does counts too.
func turn(w workload, c contender, tokens []string) (cost, allocations float64, err error) {
	if c.verify == nil && c.bare == nil {
		return 0, 0, nil
	}
	cuts, err := cutAll(w, c, tokens)
	if err != nil {
		return 0, 0, err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, err := cpu()
	if err != nil {
		return 0, 0, err
	}
	for _, t := range cuts {
		if err := c.bare(t); err != nil {
			return 0, 0, err
		}
	}
	for _, raw := range tokens {
		if c.verify == nil {
			break
		}
		if err := c.verify(raw); (err != nil) != w.refuse {
			return 0, 0, fmt.Errorf("%s, %s: %w", w.name, c.name, orUnexpected(err))
		}
	}
	stop, err := cpu()
	if err != nil {
		return 0, 0, err
	}
	runtime.ReadMemStats(&after)
	n := float64(len(tokens))
	return float64((stop - start).Nanoseconds()) / n, float64(after.Mallocs-before.Mallocs) / n, nil
}

// cutAll cuts the tokens of a turn for the floor, so that it reads as much memory as the
// others. Where they are forged or none, the floor has good ones, as many.
func cutAll(w workload, c contender, tokens []string) ([]cut, error) {
	if c.bare == nil {
		return nil, nil
	}
	if w.refuse {
		tokens, _ = wrongtoken.Fresh(w.keys, len(tokens))
	}
	all := make([]cut, len(tokens))
	for i, raw := range tokens {
		at := strings.LastIndexByte(raw, '.')
		signature, err := base64.RawURLEncoding.DecodeString(raw[at+1:])
		if err != nil {
			return nil, err
		}
		all[i] = cut{[]byte(raw[:at]), signature}
	}
	return all, nil
}

func orUnexpected(err error) error {
	if err == nil {
		return errors.New("a forged token is let in")
	}
	return err
}

// cpu is the time that the process has spent on a processor.
func cpu() (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0, fmt.Errorf("CPU clock: %w", err)
	}
	return time.Duration(t.Nano()), nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// floorOf returns the bare cryptography of a workload.
func floorOf(w workload, set string) (func(cut) error, error) {
	bad := errors.New("the floor refuses its token")
	if w.keys == wrongtoken.HS256 {
		return func(t cut) error {
			h := hmac.New(sha256.New, []byte(wrongtoken.Secret))
			h.Write(t.signed)
			if !hmac.Equal(h.Sum(nil), t.signature) {
				return bad
			}
			return nil
		}, nil
	}
	key, err := firstKey(set)
	if err != nil {
		return nil, err
	}
	return func(t cut) error {
		digest := sha256.Sum256(t.signed)
		r, s := new(big.Int).SetBytes(t.signature[:32]), new(big.Int).SetBytes(t.signature[32:])
		if !ecdsa.Verify(key, digest[:], r, s) {
			return bad
		}
		return nil
	}, nil
}

// firstKey reads the first key of the list's own set.
func firstKey(set string) (*ecdsa.PublicKey, error) {
	var keys struct {
		Keys []struct{ X, Y string }
	}
	if err := json.Unmarshal([]byte(set), &keys); err != nil {
		return nil, err
	}
	point := []byte{4}
	for _, coordinate := range []string{keys.Keys[0].X, keys.Keys[0].Y} {
		raw, err := base64.RawURLEncoding.DecodeString(coordinate)
		if err != nil {
			return nil, err
		}
		point = append(point, raw...)
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
}
