package wrongtoken

import (
	"slices"
	"strings"
	"time"
)

// Keys says by which kinds of key a verifier is set to take tokens.
type Keys uint8

// The settings of LINE's two flows, and of a server that takes both.
const (
	ES256 Keys = 1 << iota // LIFF apps, native apps
	HS256                  // web logins
	Both  = ES256 | HS256
)

// Settings is what a verifier is made with. The zero value of the last three asks for
// nothing.
type Settings struct {
	Issuer  string
	Channel string // its ID, the aud of good tokens
	Keys    Keys
	Secret  string // of the channel; empty unless Keys has HS256
	Now     time.Time
	Leeway  time.Duration // to give to verifiers that have such a setting

	Nonce  string        // of the login
	MaxAge time.Duration // since auth_time
	AMR    []string      // methods that must be there
}

// Case is one token and the verifier that gets it.
type Case struct {
	ID     string // row of the list of attacks, slash, variant: B5/pem
	Attack string // in one line
	// Forged tokens can be made by somebody without a key of the platform; for the
	// others the platform itself, or another reader of it, must be at fault.
	Forged bool

	Set      string // JWK Set that the platform serves
	Token    string
	Settings Settings

	// Reason is the word of tegata.Reason with which the token is refused: config if
	// the verifier cannot even be made, empty if the token is good.
	Reason string
	// Own is the user of whom a token speaks that may be accepted as just that: the
	// attack is to be somebody else by it. Empty: it may not be accepted at all.
	Own string

	// Earlier is what the verifier sees before: the set is then Earlier.Set and
	// Earlier.Token is good; Wait later, Set and Token follow. Nil: nothing.
	Earlier *Earlier

	// Option is, in a row whose safe answer is a policy, what in Settings makes the
	// difference, and Without the settings that do not have it: then the token is
	// accepted. Nil in other rows.
	Option  string
	Without *Settings
}

// Earlier is the past of a case.
type Earlier struct {
	Set   string
	Token string
	Wait  time.Duration
}

// Row returns the row of the list of attacks: B5 of B5/pem.
func (c Case) Row() string {
	row, _, _ := strings.Cut(c.ID, "/")
	return row
}

// What all cases have in common.
const (
	Issuer  = "https://access.line.me"
	Channel = "2000000001"
	Secret  = "5f2b8c1e94d07a36b1c8e5f09a7d2463" // as long as LINE's
	User    = "U0123456789abcdef0123456789abcdef"
	Victim  = "Uffffffffffffffffffffffffffffffff"
	Nonce   = "n-0S6_WzA2Mj"

	otherChannel = "2000000002"
	leeway       = time.Minute
	hour         = 3600
)

// now is the time of the cases, Now the same as a value of its own.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Now returns the time at which the good tokens were issued.
func Now() time.Time { return now }

// settings returns those of a strict verifier for one flow.
func settings(keys Keys) Settings {
	s := Settings{Issuer: Issuer, Channel: Channel, Keys: keys, Now: now, Leeway: leeway}
	if keys&HS256 != 0 {
		s.Secret = Secret
	}
	return s
}

// All returns every wrong token, in the order of the list of attacks.
func All() []Case {
	w := newWorld()
	return slices.Concat(
		w.alteredTokens(), w.algorithms(), w.publicKeyAsSecret(), w.weakSecrets(), w.rightKeyWrongPlace(),
		w.keysInHeader(), w.keyIDs(), w.otherKeys(),
		w.zeroSignatures(), w.signatureForms(), w.signatureRanges(), w.otherAlgorithms(), w.otherPlatforms(), w.retiredKey(),
		w.encrypted(), w.serializations(), w.critical(), w.nested(), w.doubledHeader(),
		w.times(), w.audiences(), w.issuers(), w.subjects(), w.doubledClaims(), w.logins(), w.otherPurposes(), w.status(),
		w.foldedClaims(), w.payloadForms(), w.characters(), w.spellings(),
		w.precedence(), w.badKeys(),
	)
}
