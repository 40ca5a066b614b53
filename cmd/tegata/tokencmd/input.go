package tokencmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/inspect"
	"github.com/tegata-id/tegata/cmd/tegata/show"
)

// input is where a token comes from.
type input struct {
	Token string `arg:"" optional:"" help:"The token; - reads it from standard input. While the command runs, other users of this machine can see its arguments: give tokens of real users by - or --file."`
	File  string `help:"Read the token from this file." placeholder:"FILE"`
}

// errBoth says that two flags exclude each other.
func errBoth(one, other string) error { return fmt.Errorf("both %s and %s are given", one, other) }

// errNone means that no token was given.
var errNone = &exit.Error{Code: exit.Usage, Err: errors.New("there is no token"), Next: "give it as an argument, by --file FILE, or by - on standard input"}

// read returns the token. The error never shows it.
func (i input) read(ctx context.Context, stdin io.Reader) (string, error) {
	var text string
	switch {
	case i.Token != "" && i.File != "":
		return "", &exit.Error{Code: exit.Usage, Err: errBoth("a token", "--file"), Next: "give one of the two"}
	case i.File != "":
		f, err := os.Open(i.File)
		if err != nil {
			return "", &exit.Error{Code: exit.Config, Err: err, Next: "give a file that holds a token"}
		}
		defer func() { _ = f.Close() }() // it was only read
		stdin = f
	case i.Token == "":
		return "", errNone
	case i.Token != "-":
		text = i.Token
	}
	if text == "" {
		data, err := show.Read(ctx, stdin, inspect.MaxInput)
		if err != nil {
			return "", &exit.Error{Code: exit.Config, Err: err, Next: "give a file that holds a token"}
		}
		text = string(data)
	}
	token, err := inspect.Read(text)
	if err != nil {
		return "", &exit.Error{Code: exit.Usage, Err: err, Next: errNone.Next}
	}
	return token, nil
}

// readSecret reads a channel secret from a file, or else from what tegata env calls it.
func readSecret(file string) (string, error) {
	if file == "" {
		return os.Getenv("LINE_CHANNEL_SECRET"), nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", &exit.Error{Code: exit.Config, Err: err, Next: "give --channel-secret-file a file that holds the channel secret alone"}
	}
	secret := strings.TrimSpace(string(data))
	if secret == "" || strings.ContainsAny(secret, " \t\r\n") {
		return "", &exit.Error{Code: exit.Config, Err: fmt.Errorf("%s does not hold one secret alone", file), Next: "write the channel secret into it, and nothing else"}
	}
	return secret, nil
}
