package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tegata-id/tegata/store"
)

// Fact is a step that a store has acknowledged, so that it must hold for ever. Its text
// is one line, for a pipe or a log.
type Fact struct {
	Step Step
	N    int // of the story that it is a step of
}

// Step is what was done.
type Step string

// The steps of a story, in order. Every story has the first three; then either its
// refresh token is rotated or everything is revoked, or it ends.
const (
	Began    Step = "began"    // a login transaction
	Finished Step = "finished" // it has ended in a code
	Redeemed Step = "redeemed" // the code has been exchanged for tokens
	Rotated  Step = "rotated"  // the refresh token has been replaced
	Revoked  Step = "revoked"  // the refresh token and what was issued from it
	Asserted Step = "asserted" // a client assertion was used up
)

// String gives the line of a fact.
func (f Fact) String() string { return string(f.Step) + " " + strconv.Itoa(f.N) }

// ParseFact reads the line of a fact. A line that was broken off is an error.
func ParseFact(line string) (Fact, error) {
	step, number, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(number)
	if err != nil || !slices.Contains([]Step{Began, Finished, Redeemed, Rotated, Revoked, Asserted}, Step(step)) {
		return Fact{}, fmt.Errorf("%q is no fact", line)
	}
	return Fact{Step(step), n}, nil
}

// loadPeople is how many people the stories are about.
const loadPeople = 20

func loadPerson(n int) string { return fmt.Sprintf("load-%d", n%loadPeople) }

// Prepare adds to an empty store what the stories of Load need. It may be called again.
func Prepare(ctx context.Context, s store.Store) error {
	var people []string
	for n := range loadPeople {
		people = append(people, loadPerson(n))
	}
	return Consent(ctx, s, shop, people...)
}

// Consent lets people consent to a channel. They, the channel and its provider are made
// where they are not there yet.
func Consent(ctx context.Context, s store.Store, channel string, people ...string) error {
	made := func(err error) error {
		if errors.Is(err, store.ErrExists) {
			return nil
		}
		return err
	}
	if err := made(s.CreateProvider(ctx, store.Provider{ID: provider})); err != nil {
		return err
	}
	if err := made(s.CreateChannel(ctx, store.Channel{ID: channel, ProviderID: provider})); err != nil {
		return err
	}
	for _, person := range people {
		if err := made(s.CreatePerson(ctx, store.Person{ID: person})); err != nil {
			return err
		}
		if err := s.PutGrant(ctx, store.Grant{PersonID: person, ChannelID: channel, ConsentedAt: start}); err != nil {
			return err
		}
	}
	return nil
}

// Load writes stories to a store from several goroutines, until ctx ends or the store
// fails, and calls ack for each step that was acknowledged, from any of the goroutines.
// Stories are numbered from first on, which is above 0; every code is redeemed by two
// callers at once, of whom one may win. It returns the first error of the store.
func Load(ctx context.Context, s store.Store, first, goroutines int, ack func(Fact)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	next.Store(int64(first))
	var work sync.WaitGroup
	for range goroutines {
		work.Go(func() {
			for ctx.Err() == nil {
				if err := tell(ctx, s, int(next.Add(1)-1), ack); err != nil {
					cancel(err)
				}
			}
		})
	}
	work.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// tell plays one story.
func tell(ctx context.Context, s store.Store, n int, ack func(Fact)) error {
	t, c := transaction(n), code(n, loadPerson(n), shop)
	won := 0
	steps := []struct {
		step Step
		do   func() error
	}{
		{Began, func() error { return s.CreateTransaction(ctx, t) }},
		{Finished, func() error { return s.FinishTransaction(ctx, t.Hash, start, &c) }},
		{Redeemed, func() (err error) {
			won, err = redeemTwice(ctx, s, n)
			return err
		}},
		{Asserted, func() error { return assert(ctx, s, n) }},
	}
	switch n % 3 {
	case 1:
		steps[3].step, steps[3].do = Rotated, func() error { return rotateStory(ctx, s, n, won) }
	case 2:
		steps[3].step, steps[3].do = Revoked, func() error { return s.RevokeRefreshToken(ctx, id(won), after(1), "load") }
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return fmt.Errorf("story %d, %s: %w", n, step.step, err)
		}
		ack(Fact{step.step, n})
	}
	return nil
}

// A story's tokens have its own number, or another one if its second caller has won,
// and a third one after a rotation.
func second(n int) int { return n + 1<<40 }
func third(n int) int  { return n + 2<<40 }

// redeem exchanges a story's code for tokens with the number as.
func redeem(ctx context.Context, s store.Store, n, as int) error {
	person := loadPerson(n)
	return s.RedeemCode(ctx, id(n), start, access(as, person, shop, id(as)), refresh(as, person, shop))
}

func assert(ctx context.Context, s store.Store, n int) error {
	return s.UseAssertion(ctx, shop, strconv.Itoa(n), start, after(600))
}

func rotateStory(ctx context.Context, s store.Store, n, from int) error {
	to, person := third(n), loadPerson(n)
	return s.RotateRefresh(ctx, id(from), start, access(to, person, shop, id(to)), *refresh(to, person, shop))
}

// errTwice means that what may be used once was used twice.
var errTwice = errors.New("used twice")

// redeemTwice lets two callers redeem a story's code at once and gives the number of the
// winner's tokens.
func redeemTwice(ctx context.Context, s store.Store, n int) (won int, err error) {
	other := make(chan error, 1)
	go func() { other <- redeem(ctx, s, n, second(n)) }()
	err1 := redeem(ctx, s, n, n)
	err2 := <-other
	switch {
	case err1 == nil && err2 == nil:
		return 0, errTwice
	case err1 == nil && errors.Is(err2, store.ErrUsed):
		return n, nil
	case err2 == nil && errors.Is(err1, store.ErrUsed):
		return second(n), nil
	}
	return 0, errors.Join(err1, err2)
}
