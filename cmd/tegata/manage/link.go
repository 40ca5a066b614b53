package manage

import (
	"context"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/internal/control"
)

// linkLife is how long a link is to be good.
type linkLife struct {
	Expires time.Duration `help:"How long the link is good, such as 1h or 7d." default:"24h"`
}

// check refuses what the admin API would take for its own default.
func (l linkLife) check() error {
	if l.Expires > 0 {
		return nil
	}
	return &exit.Error{Code: exit.Usage, Err: fmt.Errorf("--expires %v", l.Expires), Next: "give how long the link is to be good, such as 1h or 7d"}
}

// printLink makes a link and prints it; what to do with it goes to standard error.
func printLink(ctx context.Context, api *control.Client, io streams, o output, user string, life time.Duration) error {
	l, err := api.PasswordLink(ctx, user, control.LinkRequest{LifeSeconds: seconds(life)})
	if err != nil {
		return err
	}
	if err := o.print(io, l, l.URL+"\n"); err != nil {
		return err
	}
	return talk(io, "Give this link to the person alone: whoever has it can set the password. It is good once, until %s; a new link ends it.", day(&l.ExpiresAt, ""))
}
