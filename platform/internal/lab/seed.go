package lab

import (
	_ "embed"
	"fmt"
)

//go:embed seed.yaml
var defaultSeed []byte

// Seed is a world to start from: what a seed file says.
type Seed struct {
	Providers []Provider `yaml:"providers"`
	Channels  []Channel  `yaml:"channels"`
	LIFFApps  []LIFFApp  `yaml:"liffApps"`
	Users     []User     `yaml:"users"`
}

// Provider is a provider of a seed.
type Provider struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
}

// Channel is a channel of a seed. Secret is the channel secret in clear text.
type Channel struct {
	ID          string            `yaml:"id"`
	Provider    string            `yaml:"provider"`
	Name        string            `yaml:"name"`
	Description string            `yaml:"description"`
	Secret      string            `yaml:"secret"`
	AppTypes    []string          `yaml:"appTypes"` // web, mobile
	Callbacks   []string          `yaml:"callbacks"`
	NativeApps  []string          `yaml:"nativeApps"`
	Status      string            `yaml:"status"` // developing (the default) or published
	Scopes      []string          `yaml:"scopes"`
	Bot         *Bot              `yaml:"bot"`
	Roles       map[string]string `yaml:"roles"` // user handle → admin, tester or member
	IDTokenAlg  string            `yaml:"idTokenAlg"`
	PrivacyURL  string            `yaml:"privacyUrl"`
	TermsURL    string            `yaml:"termsUrl"`
	// AssertionKeys are the public keys with which the channel's servers sign client
	// assertions for channel access tokens.
	AssertionKeys []AssertionKey `yaml:"assertionKeys"`
}

// AssertionKey is an assertion signing key of a seed: the ID that the console would
// have given it, and the RSA public key as a JWK in JSON, without a kid.
type AssertionKey struct {
	ID  string `yaml:"id"`
	JWK string `yaml:"jwk"`
}

// Bot is a LINE Official Account of a seed.
type Bot struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
}

// LIFFApp is a LIFF app of a seed: at EndpointURL, or at the path Demo of the demo
// app that `tegata dev` serves.
type LIFFApp struct {
	ID          string   `yaml:"id"`
	EndpointURL string   `yaml:"endpointUrl"`
	Demo        string   `yaml:"demo"`
	Description string   `yaml:"description"`
	View        string   `yaml:"view"` // compact, tall or full (the default)
	ModuleMode  bool     `yaml:"moduleMode"`
	QRCode      bool     `yaml:"qrCode"`
	Scopes      []string `yaml:"scopes"`
	BotPrompt   string   `yaml:"botPrompt"` // normal, aggressive or none (the default)
}

// User is a persona. With Password alone it is hashed when the seed is applied,
// which takes a moment; with PasswordHash too, the hash is what counts.
type User struct {
	Handle        string       `yaml:"handle"`
	Email         string       `yaml:"email"`
	EmailUnshared bool         `yaml:"emailUnshared"`
	Password      string       `yaml:"password"`
	PasswordHash  string       `yaml:"passwordHash"`
	Name          string       `yaml:"name"`
	Picture       string       `yaml:"picture"`
	StatusMessage string       `yaml:"statusMessage"`
	Language      string       `yaml:"language"`
	Note          string       `yaml:"note"`
	Friends       []string     `yaml:"friends"`
	Blocked       []string     `yaml:"blocked"`
	ProfilePlus   *ProfilePlus `yaml:"profilePlus"`
}

// ProfilePlus is a persona's LINE Profile+.
type ProfilePlus struct {
	GivenName               string   `yaml:"givenName"`
	GivenNamePronunciation  string   `yaml:"givenNamePronunciation"`
	MiddleName              string   `yaml:"middleName"`
	FamilyName              string   `yaml:"familyName"`
	FamilyNamePronunciation string   `yaml:"familyNamePronunciation"`
	Gender                  string   `yaml:"gender"`
	Birthdate               string   `yaml:"birthdate"`
	PhoneNumber             string   `yaml:"phoneNumber"`
	Address                 *Address `yaml:"address"`
}

// Address is a persona's address of LINE Profile+.
type Address struct {
	PostalCode    string `yaml:"postalCode"`
	Region        string `yaml:"region"`
	Locality      string `yaml:"locality"`
	StreetAddress string `yaml:"streetAddress"`
	Country       string `yaml:"country"`
}

// DefaultSeed returns the demo world.
func DefaultSeed() (*Seed, error) {
	s, err := ParseSeed("the built-in seed", defaultSeed)
	if err != nil {
		return nil, fmt.Errorf("built-in seed: %w", err)
	}
	return s, nil
}
