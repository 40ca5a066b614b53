package tegata_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/tegata-id/tegata"
)

// A verifier of what LINE issues to the LIFF apps of a channel.
func ExampleNew() {
	v, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = v.IDToken(context.Background(), `{"sub":"U0123","name":"Hanako"}`)
	fmt.Println(tegata.Reason(err))
	// Output: malformed
}

// The platform on this machine, as `tegata dev` starts it, and tokens of a web login,
// which are keyed with the channel secret.
func ExampleNew_development() {
	v, err := tegata.New(tegata.Config{
		ChannelID:     "2000000001",
		KeyTypes:      tegata.ES256 | tegata.HS256,
		ChannelSecret: "dev0839511b77483302d5f1613f7cd40",
		BaseURL:       "http://localhost:4800",
	})
	fmt.Println(v != nil, err)
	// Output: true <nil>
}

// What a login demands beyond the token's own rules.
func ExampleVerifier_IDToken() {
	v, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	raw := "from the Authorization header"
	token, err := v.IDToken(context.Background(), raw,
		tegata.WithNonce("the one that this login was begun with"),
		tegata.WithMaxAge(10*time.Minute),
		tegata.WithAMR("mfa"),
	)
	switch {
	case errors.Is(err, tegata.ErrUnavailable):
		fmt.Println("503: try again")
	case errors.Is(err, tegata.ErrExpired):
		fmt.Println("401: log in again")
	case err != nil:
		fmt.Println("401:", tegata.Reason(err))
	default:
		fmt.Println("hello,", token.Name)
	}
	// Output: 401: malformed
}

// A channel secret never shows itself.
func ExampleSecret() {
	cfg := tegata.Config{ChannelID: "2000000001", ChannelSecret: "0123456789abcdef0123456789abcdef"}
	fmt.Println(cfg.ChannelSecret)
	// Output: [redacted]
}
