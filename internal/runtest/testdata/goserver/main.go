// Command goserver does what a LIFF app's server does with two tokens, against LINE: nothing
// in it knows of a test.
//
//	goserver CHANNEL_ID ID_TOKEN ACCESS_TOKEN [URL]
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/tegata-id/tegata"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	ctx := context.Background()
	v, err := tegata.New(tegata.Config{ChannelID: args[0]})
	if err != nil {
		return err
	}
	token, err := v.IDToken(ctx, args[1])
	if err != nil {
		return err
	}
	user, err := v.AccessToken(ctx, args[2])
	if err != nil {
		return err
	}
	other, err := http.Get(args[3])
	if err != nil {
		return err
	}
	if err := other.Body.Close(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"verified": token.UserID, "profile": user.UserID, "other": other.StatusCode,
	})
}
