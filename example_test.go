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

// An access token costs two requests, and sees a revocation at once.
func ExampleVerifier_AccessToken() {
	v, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = v.AccessToken(context.Background(), "what is no token, is not sent anywhere", tegata.WithScopes("openid"))
	fmt.Println(tegata.Reason(err))
	// Output: malformed
}

// Both tokens of liff.getIDToken and liff.getAccessToken, which must be of one user.
func ExampleVerifier_Both() {
	v, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	user, err := v.Both(context.Background(), "ID token", "access token", tegata.WithMaxAge(time.Hour))
	fmt.Println(user == nil, tegata.Reason(err))
	// Output: true malformed
}

// The three channels of a LINE MINI App at one server.
func ExampleSet() {
	published, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		log.Fatal(err)
	}
	review, err := published.Channel("2000000002", tegata.ES256, "")
	if err != nil {
		log.Fatal(err)
	}
	developing, err := published.Channel("2000000003", tegata.ES256, "")
	if err != nil {
		log.Fatal(err)
	}
	set, err := tegata.NewSet(published, review, developing)
	if err != nil {
		log.Fatal(err)
	}
	_, err = set.IDToken(context.Background(), "made up")
	fmt.Println(tegata.Reason(err))
	// Output: malformed
}

// The verify endpoint of the platform in place of a check on this machine: no secret is
// needed here, not even for the HS256 tokens of a web login.
func ExampleConfig_online() {
	_, err := tegata.New(tegata.Config{ChannelID: "2000000001", KeyTypes: tegata.HS256, Way: tegata.Online})
	fmt.Println(err)
	// Output: <nil>
}

// A channel secret never shows itself.
func ExampleSecret() {
	cfg := tegata.Config{ChannelID: "2000000001", ChannelSecret: "0123456789abcdef0123456789abcdef"}
	fmt.Println(cfg.ChannelSecret)
	// Output: [redacted]
}
