package tokencmd

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/labcmd"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
)

type mintCmd struct {
	target.Target `embed:""`
	show.Output   `embed:""`
	User          string     `help:"Whose token: a handle, such as hanako. Else the first user's." placeholder:"HANDLE"`
	Channel       string     `help:"To which channel it is issued; else that of --liff, or the first one." placeholder:"ID"`
	LIFF          string     `name:"liff" help:"Access tokens: as this LIFF app gets them, for twelve hours." placeholder:"LIFF-ID"`
	Kind          string     `help:"id, access or refresh." default:"id" enum:"id,access,refresh,id_token,access_token,refresh_token"`
	Alg           string     `help:"ID tokens: ES256 or HS256; else that of the channel, or ES256." placeholder:"ALG"`
	Scope         []string   `help:"What was granted, such as openid,profile. Else openid and profile, and email if the channel may ask for it." placeholder:"SCOPE"`
	Nonce         string     `help:"ID tokens: the nonce of the login."`
	AMR           []string   `name:"amr" help:"ID tokens: how the user logged in, such as linesso,mfa; else pwd." placeholder:"METHOD"`
	AuthAge       when.Span  `help:"ID tokens: auth_time says that the user logged in so long before now, such as 10m; else there is none."`
	Age           when.Span  `help:"How long ago it was issued, such as 2h; -1m is a minute ahead."`
	IssuedAt      when.Time  `help:"When it was issued, such as 2027-01-01T09:00:00Z; else now, by the platform's clock." placeholder:"TIME"`
	Life          *when.Span `help:"How long it lives, such as 90s; else as long as LINE's: an hour, 30 days (12 hours in LIFF), 90 days."`
	Wrong         string     `help:"The one thing that is wrong with it: other-channel, other-provider, other-issuer, expired, not-yet-valid, retired-key, foreign-key, wrong-nonce, altered; access and refresh tokens: revoked." placeholder:"WHAT"`
}

// Examples opens the command's help.
func (mintCmd) Examples() string {
	return "  tegata token mint --user hanako --age 2h\n" +
		"  curl -H \"Authorization: Bearer $(tegata token mint --kind access --user taro)\" localhost:3000/api/me\n" +
		"  tegata token mint --wrong other-channel\n" +
		"  tegata token mint --nonce n-0S6 --wrong wrong-nonce\n" +
		"  tegata token mint --alg HS256 --channel 2000000002 --json\n"
}

// Run prints the token alone, so that $(…) takes it.
func (c mintCmd) Run(ctx context.Context, k *kong.Context) error {
	api, err := c.Client()
	if err != nil {
		return err
	}
	m := control.Mint{
		Kind: kindOf(c.Kind), User: c.User, Channel: c.Channel, LIFFID: c.LIFF, Algorithm: strings.ToUpper(c.Alg), Nonce: c.Nonce,
		IssuedAt: c.IssuedAt.Time, Age: control.Duration(c.Age), Wrong: c.Wrong,
	}
	if c.Life != nil {
		if m.Life = control.Duration(*c.Life); m.Life <= 0 {
			return &exit.Error{Code: exit.Usage, Err: errors.New("--life is how long the token lives, so it is longer than 0"), Next: "give one such as 90s; --wrong expired gives a token that has expired"}
		}
	}
	m.Scopes, m.AMR = words(c.Scope), words(c.AMR)
	if c.AuthAge != 0 {
		clock, err := api.LabClock(ctx)
		if err != nil {
			return labcmd.NoLab(err)
		}
		m.AuthTime = clock.Now.Add(-time.Duration(c.AuthAge)).UTC().Truncate(time.Second)
	}
	if !c.IssuedAt.IsZero() && c.Age != 0 {
		return &exit.Error{Code: exit.Usage, Err: errBoth("--issued-at", "--age"), Next: "give one of the two"}
	}
	minted, err := api.MintToken(ctx, m)
	if err != nil {
		return labcmd.NoLab(err)
	}
	return c.Print(show.Of(k), minted, minted.Token+"\n")
}

// kindOf completes a kind: both the wire's word and the short one are taken.
func kindOf(kind string) string {
	if kind == "" || kind == "auto" || strings.HasSuffix(kind, "_token") {
		return kind
	}
	return kind + "_token"
}

// words divides values at blanks too, as scopes are written at the wire. None stays nil.
func words(values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, strings.Fields(v)...)
	}
	return out
}
