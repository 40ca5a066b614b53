package tokencmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/inspect"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

type inspectCmd struct {
	input       `embed:""`
	expected    `embed:""`
	show.Output `embed:""`
	Kind        string   `help:"id or access; else what it looks like." default:"auto" enum:"auto,id,access,id_token,access_token"`
	Alg         []string `help:"Algorithms that your server takes: ES256, HS256; else both." placeholder:"ALG"`
	JWKS        string   `name:"jwks" help:"JWK Set to verify ES256 with, a file or a URL; then no platform is asked." placeholder:"FILE|URL"`
	Offline     bool     `help:"Ask nobody: what needs a key or an answer is not checked."`
	Explain     bool     `help:"Say of every check what is wanted and what skipping it costs, also of those that passed."`
}

// Examples opens the command's help.
func (inspectCmd) Examples() string {
	return "  tegata token inspect                                  (LINE's own example, and what is wrong with it)\n" +
		"  tegata token mint --age 2h | tegata token inspect -\n" +
		"  pbpaste | tegata token inspect - --line --channel 1234567890\n" +
		"  tegata token inspect --file token.txt --jwks certs.json --channel 1234567890\n" +
		"  tegata token inspect --offline --json --file token.txt | jq -r '.checks[] | select(.status==\"fail\").check'\n"
}

// Run explains the token; exit code 1 unless it is valid. Without a token it explains LINE's
// own example.
func (c inspectCmd) Run(ctx context.Context, k *kong.Context) error {
	token, note, err := c.token(ctx)
	if err != nil {
		return err
	}
	if c.Leeway < 0 || time.Duration(c.Leeway) > 5*time.Minute {
		return &exit.Error{Code: exit.Usage, Err: fmt.Errorf("--leeway %v", c.Leeway), Next: "give 0s to 5m; mend the clock instead"}
	}
	kind := kindOf(c.Kind)
	if kind == "auto" {
		kind = inspect.KindOf(token)
	}
	local := c.JWKS != "" || c.ChannelSecretFile != "" && c.Base() == target.DefaultURL && !c.LINE
	s, err := c.find(ctx, c.Offline || note != "" || local)
	if err != nil {
		return err
	}
	if !c.Offline && (local || note != "") {
		s.why = "" // what lacks is then something to give
	}
	r, err := c.report(ctx, s, kind, token)
	if err != nil {
		return err
	}
	r.Note = note
	if err := c.Print(show.Of(k), r, r.Text(c.Explain)); err != nil {
		return err
	}
	if r.Verdict == inspect.Valid {
		return nil
	}
	return &exit.Error{Code: exit.Negative, Err: errors.New("not valid"), Next: next(r, note)}
}

// token returns the token, or LINE's example with a note.
func (c inspectCmd) token(ctx context.Context) (token, note string, err error) {
	if c.Token == "" && c.File == "" {
		return inspect.Example(), inspect.ExampleNote, nil
	}
	token, err = c.read(ctx, os.Stdin)
	return token, "", err
}

// next says what to do about a token that is not valid.
func next(r *inspect.Report, note string) string {
	switch {
	case note != "":
		return "now one of your own: tegata token inspect --file FILE, or make one with tegata token mint"
	case r.Verdict == inspect.Undecided:
		return "give what could not be checked against: see \"why\" above"
	}
	return "a server must refuse it; tegata token inspect --explain says what each check is for"
}

// report makes the checks with all that could be found.
func (c inspectCmd) report(ctx context.Context, s *source, kind, token string) (*inspect.Report, error) {
	w := inspect.Want{
		Issuer: s.issuer, Channel: s.channel, Nonce: c.Nonce, UserID: c.UserID, MaxAge: time.Duration(c.MaxAge), AMR: words(c.AMR),
		Now: s.now(), Clock: s.clock, Leeway: time.Duration(c.Leeway),
	}
	if len(c.Alg) > 0 {
		w.Algorithms = words(c.Alg)
	}
	if kind == inspect.KindAccessToken {
		return c.access(ctx, s, token, w)
	}
	if s.secret != "" {
		key, err := jose.NewMACKey([]byte(s.secret))
		if err != nil {
			return nil, &exit.Error{Code: exit.Config, Err: fmt.Errorf("channel secret: %w", err), Next: "give the channel secret as LINE's console shows it"}
		}
		w.Secret = key
	}
	from := c.JWKS
	if from == "" && s.base != "" {
		from = s.base + wire.PathCerts
	}
	if from != "" {
		set, err := readSet(ctx, from)
		if err != nil {
			return nil, err
		}
		w.Set = set
	}
	w.Keys, w.NoKeys = keysFrom(from, w.Secret != nil), ""
	if c.JWKS == "" {
		w.NoKeys = s.why
	}
	return inspect.IDToken(token, w), nil
}

func keysFrom(set string, secret bool) string {
	var from []string
	if set != "" {
		from = append(from, "ES256: "+set)
	}
	if secret {
		from = append(from, "HS256: the channel secret")
	}
	return strings.Join(from, "; ")
}

func (c inspectCmd) access(ctx context.Context, s *source, token string, w inspect.Want) (*inspect.Report, error) {
	if w.NoKeys = s.why; s.base == "" || !inspect.IsAccessToken(token) {
		return inspect.AccessToken(token, w, nil), nil
	}
	answers, err := s.ask(ctx, token)
	if err != nil {
		return nil, err
	}
	w.Keys = "answers of " + s.name
	return inspect.AccessToken(token, w, answers), nil
}
