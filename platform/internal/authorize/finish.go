package authorize

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// outcome is what a person decided at the end of a transaction.
type outcome struct {
	who    store.Authentication
	scopes []string     // granted
	grant  *store.Grant // consent to be recorded; nil if it was not asked
	friend string       // friendship_status_changed; empty if it was not offered
	bot    bool         // the official account becomes a friend
}

// finish ends a transaction with a code. Of several that try one wins: the store burns
// the transaction and adds the code in one step. What the person decided is recorded
// by the winner alone, before the code leaves.
func (s *Endpoints) finish(w http.ResponseWriter, r *http.Request, v visit, o outcome) error {
	if err := mayUse(v.ask, o.who.PersonID); err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context()) // begun is ended: the transaction burns once
	raw, code, err := s.newCode(ctx, v.ask, o.who, o.scopes)
	if err != nil {
		return err
	}
	if err := s.Store.FinishTransaction(ctx, v.hash, s.Now().UTC(), &code); err != nil {
		return overFault(err)
	}
	if o.grant != nil {
		if err := s.Store.PutGrant(ctx, *o.grant); err != nil {
			return fmt.Errorf("record consent: %w", err)
		}
	}
	if o.friend != "" {
		if o.friend, err = s.befriend(ctx, v.ask, o); err != nil {
			return err
		}
	}
	s.noteCode(r, v.ask, code)
	return s.succeed(w, r, v.ask, o.who.PersonID, raw, o.friend)
}

// befriend records the friendship and returns whether it changed.
func (s *Endpoints) befriend(ctx context.Context, a ask, o outcome) (string, error) {
	if !o.bot || a.channel.Bot == nil {
		return "false", nil
	}
	before, err := s.Store.SetFriendship(ctx, o.who.PersonID, a.channel.Bot.ID, store.Friend)
	if err != nil {
		return "", fmt.Errorf("record friendship: %w", err)
	}
	if before == store.Friend {
		return "false", nil
	}
	return "true", nil
}

// deny ends a transaction without a code.
func (s *Endpoints) deny(w http.ResponseWriter, r *http.Request, v visit, where string) error {
	err := s.Store.FinishTransaction(context.WithoutCancel(r.Context()), v.hash, s.Now().UTC(), nil)
	if err != nil {
		return overFault(err)
	}
	return s.refuse(w, r, v.ask, &oauth2.Error{
		Status: http.StatusSeeOther, Code: oauth2.CodeAccessDenied, Description: oauth2.DescriptionDenied,
		Check: "the user cancelled on the " + where + " page", Fix: "tell the user that the login was cancelled and offer it again",
	})
}

// newCode makes a code; the caller stores it.
func (s *Endpoints) newCode(ctx context.Context, a ask, who store.Authentication, scopes []string) (string, store.Code, error) {
	userID, err := s.userID(ctx, who.PersonID, a.channel.ProviderID)
	if err != nil {
		return "", store.Code{}, err
	}
	raw, code, err := s.Issue.NewCode(a.req, who, userID, slices.Clone(scopes))
	if err != nil {
		return "", store.Code{}, fmt.Errorf("make code: %w", err)
	}
	return raw, code, nil
}

// userID returns the person's user ID under the channel's provider.
func (s *Endpoints) userID(ctx context.Context, personID, providerID string) (string, error) {
	for {
		var raw [16]byte
		s.Random.Fill(raw[:])
		id, err := s.Store.UserID(ctx, personID, providerID, "U"+hex.EncodeToString(raw[:]))
		if errors.Is(err, store.ErrExists) {
			continue // 128 random bits met somebody's: once in the age of the world
		}
		if err != nil {
			return "", fmt.Errorf("user ID of person: %w", err)
		}
		return id, nil
	}
}

func (s *Endpoints) noteCode(r *http.Request, a ask, code store.Code) {
	router.From(r.Context()).Note(r.Context(), store.Event{
		Kind: "code", Status: http.StatusSeeOther, ChannelID: a.channel.ID, PersonID: code.Who.PersonID,
		Check: "an authorization code was issued", Given: strings.Join(code.Scopes, " "),
	})
}
