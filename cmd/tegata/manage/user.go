package manage

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// User is the command user.
type User struct {
	Create        userCreateCmd  `cmd:"" help:"Make a user, without a password."`
	Invite        userInviteCmd  `cmd:"" help:"Make a user and print the link by which the person sets a password."`
	List          userListCmd    `cmd:"" help:"List users."`
	Show          userShowCmd    `cmd:"" help:"Show a user."`
	Update        userUpdateCmd  `cmd:"" help:"Change a user."`
	Delete        userDeleteCmd  `cmd:"" help:"Remove a user with all consents, sessions and tokens."`
	ResetPassword userResetCmd   `cmd:"" help:"Print the link by which a user sets a new password."`
	EndSessions   userEndSessCmd `cmd:"" help:"Log a user out of every browser."`
}

// Examples opens the command's help.
func (User) Examples() string {
	return "  tegata user invite hanako@example.com --name Hanako\n  tegata user reset-password hanako@example.com\n  tegata user list\n"
}

// userSet are the details of a user. What is not given stays.
type userSet struct {
	Handle        *string `help:"Short name to log in by, in lower case; empty removes it."`
	EmailUnshared *bool   `help:"Use the e-mail address for logging in only: apps see none." negatable:""`
	Picture       *string `help:"https URL of a picture; empty removes it." placeholder:"URL"`
	StatusMessage *string `help:"Status message of the profile."`
	Language      *string `help:"Language tag, such as ja." placeholder:"TAG"`
}

func (s userSet) change() control.UserChange {
	return control.UserChange{
		Handle: s.Handle, EmailUnshared: s.EmailUnshared, Picture: s.Picture, StatusMessage: s.StatusMessage, Language: s.Language,
	}
}

func userText(u *control.User) string {
	text := lines([][2]string{
		{"user", u.ID},
		{"name", u.Name},
		{"e-mail", u.Email},
		{"not for apps", yes(u.EmailUnshared)},
		{"handle", u.Handle},
		{"picture", u.Picture},
		{"status", u.StatusMessage},
		{"language", u.Language},
		{"password", map[bool]string{true: "set", false: "not set"}[u.HasPassword]},
		{"made", day(&u.CreatedAt, "")},
	}...)
	for _, provider := range slices.Sorted(maps.Keys(u.UserIDs)) {
		text += lines([2]string{"user ID", u.UserIDs[provider] + " for provider " + provider})
	}
	return text
}

type userCreateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	userSet       `embed:""`
	Name          string  `help:"Display name." required:""`
	Email         *string `help:"E-mail address to log in by." placeholder:"ADDRESS"`
}

// Examples opens the command's help.
func (userCreateCmd) Examples() string {
	return "  tegata user create --name Hanako --email hanako@example.com\n  tegata user create --name Taro --handle taro --json\n"
}

// Run makes the user.
func (c userCreateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change := c.change()
		change.Name, change.Email = &c.Name, c.Email
		u, err := api.Users().Create(ctx, change)
		if err != nil {
			return err
		}
		if err := c.print(io, u, userText(u)); err != nil {
			return err
		}
		return talk(io, "To let the person set a password: tegata user reset-password %s", u.ID)
	})
}

type userInviteCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	userSet       `embed:""`
	Email         string `arg:"" help:"E-mail address of the person."`
	Name          string `help:"Display name." required:""`
	linkLife      `embed:""`
}

// Examples opens the command's help.
func (userInviteCmd) Examples() string {
	return "  tegata user invite hanako@example.com --name Hanako\n  tegata user invite hanako@example.com --name Hanako --expires 3d --json | jq -r .url\n"
}

// Run makes the user, unless an earlier invitation did, and prints the link.
func (c userInviteCmd) Run(ctx context.Context, k *kong.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change := c.change()
		change.Name, change.Email = &c.Name, &c.Email
		_, err := api.Users().Create(ctx, change)
		if isCode(err, "exists") {
			err = c.again(ctx, api, io)
		}
		if err != nil {
			return err
		}
		return printLink(ctx, api, io, c.output, c.Email, c.Expires)
	})
}

// again lets an invitation be repeated until the person has set a password.
func (c userInviteCmd) again(ctx context.Context, api *control.Client, io streams) error {
	u, err := api.Users().Show(ctx, c.Email)
	if isCode(err, "not_found") {
		return &exit.Error{Code: exit.Negative, Err: fmt.Errorf("another user has the handle"), Next: "choose another --handle"}
	}
	if err != nil {
		return err
	}
	if u.HasPassword {
		return &exit.Error{Code: exit.Negative, Err: fmt.Errorf("%s is a user already, with a password", c.Email), Next: "for a new password: tegata user reset-password " + c.Email}
	}
	return talk(io, "%s was invited before, as %s, which stays so: tegata user update changes it.", c.Email, show.Clean(u.Name))
}

type userListCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	After         string `help:"Go on after this user: the next of the list before." placeholder:"ID"`
	Limit         int    `help:"At most so many, up to 200." default:"100"`
}

// Examples opens the command's help.
func (userListCmd) Examples() string {
	return "  tegata user list\n  tegata user list --limit 200 --json | jq -r .next\n"
}

// Run lists users.
func (c userListCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		l, err := api.Users().List(ctx, control.PageOfUsers(c.After, c.Limit))
		if err != nil {
			return err
		}
		var rows [][]string
		for _, u := range l.Users {
			rows = append(rows, []string{u.ID, u.Handle, u.Email, map[bool]string{true: "set", false: "not set"}[u.HasPassword], u.Name})
		}
		if err := c.print(io, l, table([]string{"USER", "HANDLE", "E-MAIL", "PASSWORD", "NAME"}, rows)); err != nil {
			return err
		}
		if l.Next != "" {
			return talk(io, "There may be more: tegata user list --after %s", l.Next)
		}
		return nil
	})
}

type userShowCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	User          string `arg:"" help:"ID, handle or e-mail address."`
}

// Examples opens the command's help.
func (userShowCmd) Examples() string { return "  tegata user show hanako@example.com\n" }

// Run shows the user.
func (c userShowCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		u, err := api.Users().Show(ctx, c.User)
		if err != nil {
			return err
		}
		return c.print(io, u, userText(u))
	})
}

type userUpdateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	userSet       `embed:""`
	User          string  `arg:"" help:"ID, handle or e-mail address."`
	Name          *string `help:"Display name."`
	Email         *string `help:"E-mail address to log in by; empty removes it." placeholder:"ADDRESS"`
}

// Examples opens the command's help.
func (userUpdateCmd) Examples() string {
	return "  tegata user update hanako@example.com --handle hanako --language ja\n"
}

// Run changes the user.
func (c userUpdateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change := c.change()
		change.Name, change.Email = c.Name, c.Email
		u, err := api.Users().Update(ctx, c.User, change)
		if err != nil {
			return err
		}
		return c.print(io, u, userText(u))
	})
}

type userDeleteCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	sure          `embed:""`
	User          string `arg:"" help:"ID, handle or e-mail address."`
}

// Examples opens the command's help.
func (userDeleteCmd) Examples() string { return "  tegata user delete hanako@example.com --yes\n" }

// Run removes the user.
func (c userDeleteCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	if err := c.check("removing user " + c.User + " revokes every token of the person; the user IDs do not come again"); err != nil {
		return err
	}
	return with(c.Target, func(api *control.Client) error {
		if err := api.Users().Delete(ctx, c.User); err != nil {
			return err
		}
		return c.print(io, removed{c.User}, "removed "+c.User+"\n")
	})
}

type userResetCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	User          string `arg:"" help:"ID, handle or e-mail address."`
	linkLife      `embed:""`
}

// Examples opens the command's help.
func (userResetCmd) Examples() string {
	return "  tegata user reset-password hanako@example.com\n  tegata user reset-password hanako@example.com --expires 1h --json\n"
}

// Run prints the link. The password before stays good until the person sets a new one,
// which ends every session.
func (c userResetCmd) Run(ctx context.Context, k *kong.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		return printLink(ctx, api, io, c.output, c.User, c.Expires)
	})
}

type userEndSessCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	User          string `arg:"" help:"ID, handle or e-mail address."`
}

// Examples opens the command's help.
func (userEndSessCmd) Examples() string { return "  tegata user end-sessions hanako@example.com\n" }

// Run ends the sessions.
func (c userEndSessCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		if err := api.EndSessions(ctx, c.User); err != nil {
			return err
		}
		return c.print(io, struct {
			Ended string `json:"sessionsEndedOf"`
		}{c.User}, "sessions ended of "+c.User+"\n")
	})
}
