package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tegata-id/tegata/store"
)

// Audit is what became of the facts that Load was told, in a store that was opened again.
type Audit struct {
	Facts   int      // looked at
	Stories int      // that they belong to
	Lost    int      // facts that do not hold
	Twice   int      // things for one use that could be used again
	Torn    int      // verbs of which a part holds
	First   []string // the first of these, in words
}

// OK says whether everything holds.
func (a Audit) OK() bool { return a.Lost+a.Twice+a.Torn == 0 }

// Add joins the counts of two audits.
func (a Audit) Add(b Audit) Audit {
	return Audit{a.Facts + b.Facts, a.Stories + b.Stories, a.Lost + b.Lost, a.Twice + b.Twice, a.Torn + b.Torn, append(a.First, b.First...)}
}

// String tells the counts, and what was found first.
func (a Audit) String() string {
	text := fmt.Sprintf("%d acknowledged steps of %d stories: %d lost, %d used twice, %d torn", a.Facts, a.Stories, a.Lost, a.Twice, a.Torn)
	for _, f := range a.First {
		text += "\n\t" + f
	}
	return text
}

// Check looks at every story of the facts. Each acknowledged step must hold; one that was
// not acknowledged may hold or not, but not half; and what was used once is offered once
// more and must be refused. The error is one of the store that is no answer.
func Check(ctx context.Context, s store.Store, facts []Fact) (Audit, error) {
	stories := map[int]map[Step]bool{}
	for _, f := range facts {
		if stories[f.N] == nil {
			stories[f.N] = map[Step]bool{}
		}
		stories[f.N][f.Step] = true
	}
	a := &auditor{ctx: ctx, s: s, Audit: Audit{Facts: len(facts), Stories: len(stories)}}
	for n, acked := range stories {
		a.story(n, acked)
		if a.err != nil {
			return a.Audit, a.err
		}
	}
	return a.Audit, nil
}

// auditor looks at one store.
type auditor struct {
	Audit
	ctx context.Context
	s   store.Store
	err error // the first that is no answer
}

func (a *auditor) found(count *int, format string, args ...any) {
	*count++
	if len(a.First) < 10 {
		a.First = append(a.First, fmt.Sprintf(format, args...))
	}
}

// answer gives the sentinel that an error is, or notes that it is none.
func (a *auditor) answer(err error) error {
	if err == nil {
		return nil
	}
	for _, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	a.err = errors.Join(a.err, err)
	return err
}

func (a *auditor) story(n int, acked map[Step]bool) {
	_, err := a.s.Transaction(a.ctx, hash(n), start)
	began := a.answer(err)
	_, err = a.s.Code(a.ctx, id(n), start)
	code := a.answer(err)
	if acked[Began] && began == store.ErrNotFound {
		a.found(&a.Lost, "story %d: its login transaction is gone", n)
	}
	if finished := began == store.ErrUsed; finished != (code != store.ErrNotFound) {
		a.found(&a.Torn, "story %d: login transaction %v, code %v", n, began, code)
	} else if acked[Finished] && !finished {
		a.found(&a.Lost, "story %d: its login transaction is not finished", n)
	}
	if acked[Asserted] && a.answer(assert(a.ctx, a.s, n)) != store.ErrUsed {
		a.found(&a.Twice, "story %d: its assertion was taken again", n)
	}
	won, tokens := a.tokens(n)
	if used := code == store.ErrUsed; used != (tokens == 1) {
		a.found(&a.Torn, "story %d: code %v, %d pairs of tokens", n, code, tokens)
		return
	}
	if !acked[Redeemed] {
		return
	}
	if tokens == 0 {
		a.found(&a.Lost, "story %d: its tokens are gone", n)
		return
	}
	if got := a.answer(redeem(a.ctx, a.s, n, third(n)+1)); got != store.ErrUsed {
		a.found(&a.Twice, "story %d: its code was redeemed again: %v", n, got)
	}
	a.end(n, won, acked)
}

// tokens counts the pairs of tokens of a story's callers and gives the number of one.
func (a *auditor) tokens(n int) (won, pairs int) {
	for _, as := range []int{n, second(n)} {
		_, err1 := a.s.AccessToken(a.ctx, id(as))
		_, err2 := a.s.RefreshToken(a.ctx, id(as))
		if got1, got2 := a.answer(err1), a.answer(err2); got1 != got2 {
			a.found(&a.Torn, "story %d: access token %v, refresh token %v", n, got1, got2)
		} else if got1 == nil {
			won, pairs = as, pairs+1
		}
	}
	return won, pairs
}

// end looks at the last step of a story.
func (a *auditor) end(n, won int, acked map[Step]bool) {
	old, err := a.s.RefreshToken(a.ctx, id(won))
	a.answer(err)
	token, err := a.s.AccessToken(a.ctx, id(won))
	a.answer(err)
	if old.RevokedAt.IsZero() != token.RevokedAt.IsZero() {
		a.found(&a.Torn, "story %d: refresh token revoked at %v, access token at %v", n, old.RevokedAt, token.RevokedAt)
	} else if acked[Revoked] && old.RevokedAt.IsZero() {
		a.found(&a.Lost, "story %d: its revocation is gone", n)
	}
	_, err1 := a.s.RefreshToken(a.ctx, id(third(n)))
	_, err2 := a.s.AccessToken(a.ctx, id(third(n)))
	rotated, access := a.answer(err1) == nil, a.answer(err2) == nil
	if rotated != access || rotated == old.UsedAt.IsZero() {
		a.found(&a.Torn, "story %d: rotated: refresh token %v, access token %v, old one used at %v", n, rotated, access, old.UsedAt)
	} else if acked[Rotated] && !rotated {
		a.found(&a.Lost, "story %d: its rotation is gone", n)
	}
	if acked[Rotated] && a.answer(rotateStory(a.ctx, a.s, n, won)) != store.ErrUsed {
		a.found(&a.Twice, "story %d: its refresh token was rotated again", n)
	}
}
