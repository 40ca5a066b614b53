package tokencmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/inspect"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/when"
)

type verifyCmd struct {
	input       `embed:""`
	expected    `embed:""`
	show.Output `embed:""`
	Kind        string   `help:"id or access. It is never guessed: a server that takes any kind takes the weakest." default:"id" enum:"id,access,id_token,access_token"`
	Alg         []string `help:"Algorithms to take: ES256, HS256. HS256 needs the channel secret." default:"ES256" placeholder:"ALG"`
}

// Examples opens the command's help.
func (verifyCmd) Examples() string {
	return "  tegata token mint | tegata token verify -\n" +
		"  tegata token verify --kind access --file token.txt && echo good\n" +
		"  tegata token verify --line --channel 1234567890 --nonce \"$NONCE\" --json --file token.txt | jq -r .userId\n" +
		"  tegata token verify --url https://id.example.com --channel 1234567890 -\n"
}

// verified is what --json prints.
type verified struct {
	Valid   bool         `json:"valid"`
	Kind    string       `json:"kind"`
	Reason  string       `json:"reason,omitempty"` // the word of package tegata
	Message string       `json:"message,omitempty"`
	UserID  string       `json:"userId,omitempty"`
	User    *tegata.User `json:"user,omitempty"`
	Expires *time.Time   `json:"expires,omitempty"`
	Scopes  []string     `json:"scopes,omitempty"`
}

// Run verifies the token. Whoever is not let in is told the reason on standard error.
func (c verifyCmd) Run(ctx context.Context, k *kong.Context) error {
	token, err := c.read(ctx, os.Stdin)
	if err != nil {
		return err
	}
	s, err := c.find(ctx, false)
	if err != nil {
		return err
	}
	if s.base == "" {
		return &exit.Error{Code: exit.Unreachable, Err: errors.New("there is no platform to verify by: " + s.why), Next: "for LINE itself add --line"}
	}
	v, err := c.verifier(s)
	if err != nil {
		return &exit.Error{Code: exit.Usage, Err: err, Next: "tegata token verify --help shows what can be given"}
	}
	out := verified{Kind: kindOf(c.Kind)}
	user, err := c.verify(ctx, v, token)
	if err != nil {
		out.Reason, out.Message = tegata.Reason(err), err.Error()
		if c.JSON {
			if err := show.JSON(show.Of(k), out); err != nil {
				return err
			}
		}
		return failure(err, token, out)
	}
	out.Valid, out.User, out.UserID, out.Scopes = true, user, user.UserID, user.Scopes
	expires := user.Expires.UTC()
	out.Expires = &expires
	return c.Print(show.Of(k), out, show.Lines(
		[2]string{"user", user.UserID}, [2]string{"name", user.Name}, [2]string{"email", user.Email},
		[2]string{"scopes", strings.Join(user.Scopes, " ")}, [2]string{"good until", when.Text(expires)},
	))
}

// verifier sets package tegata up as a server would.
func (c verifyCmd) verifier(s *source) (*tegata.Verifier, error) {
	if s.channel == "" {
		return nil, errors.New("the channel that the token must have been issued to is not known: give --channel")
	}
	leeway := time.Duration(c.Leeway)
	if leeway == 0 {
		leeway = -1 // none; zero would be the default
	}
	cfg := tegata.Config{ChannelID: s.channel, Issuer: s.issuer, BaseURL: s.base, Leeway: leeway, Now: s.now}
	for _, alg := range words(c.Alg) {
		switch strings.ToUpper(alg) {
		case "ES256":
			cfg.KeyTypes |= tegata.ES256
		case "HS256":
			cfg.KeyTypes |= tegata.HS256
			cfg.ChannelSecret = tegata.Secret(s.secret)
		default:
			return nil, fmt.Errorf("--alg %s: LINE's are ES256 and HS256", alg)
		}
	}
	return tegata.New(cfg)
}

func (c verifyCmd) verify(ctx context.Context, v *tegata.Verifier, token string) (*tegata.User, error) {
	var checks []tegata.Check
	if c.UserID != "" {
		checks = append(checks, tegata.WithSubject(c.UserID))
	}
	if c.Nonce != "" {
		checks = append(checks, tegata.WithNonce(c.Nonce))
	}
	if c.MaxAge != 0 {
		checks = append(checks, tegata.WithMaxAge(time.Duration(c.MaxAge)))
	}
	for _, method := range words(c.AMR) {
		checks = append(checks, tegata.WithAMR(method))
	}
	if kindOf(c.Kind) == inspect.KindAccessToken {
		return v.AccessToken(ctx, token, checks...)
	}
	t, err := v.IDToken(ctx, token, checks...)
	if err != nil {
		return nil, err
	}
	return t.User(), nil
}

// failure is the error of a token that was not verified: 1 if it is not good, 4 if nothing
// is known of it.
func failure(err error, token string, out verified) error {
	if errors.Is(err, tegata.ErrUnavailable) {
		return &exit.Error{Code: exit.Unreachable, Err: err, Next: "nothing is known of the token: ask again later"}
	}
	next := "tegata token inspect says which check it was, and why"
	switch kind := inspect.KindOf(token); {
	case errors.Is(err, tegata.ErrAlgorithm):
		next = "if your server takes tokens of web logins, add --alg HS256 and --channel-secret-file"
	case kind != out.Kind && kind == inspect.KindAccessToken:
		next = "it looks like an access token: add --kind access if that is what your server takes"
	case kind != out.Kind:
		next = "it looks like an ID token: add --kind id if that is what your server takes"
	}
	return &exit.Error{Code: exit.Negative, Err: errors.New(strings.TrimPrefix(err.Error(), "tegata: ")), Next: next}
}
