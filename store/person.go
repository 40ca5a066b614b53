package store

import "time"

// Person is somebody who can log in. Providers know the person by different user
// IDs only.
type Person struct {
	ID            string
	Handle        string // short name, lower case; unique
	Email         string // for logging in, and the email claim; empty: none
	EmailUnshared bool   // Email is for logging in only: apps see none
	PasswordHash  string // argon2id in PHC form; empty: no login by password
	DisplayName   string
	Picture       string // name of a picture that the platform serves, or an https URL; empty: none
	StatusMessage string
	Language      string // BCP 47
	Note          string // what is special about a persona, for the login page of development
	ProfilePlus   ProfilePlus
	CreatedAt     time.Time
	Version       int64 // counted by the store
}

// ProfilePlus is a person's LINE Profile+. Empty fields are not registered.
type ProfilePlus struct {
	GivenName               string
	GivenNamePronunciation  string
	MiddleName              string
	FamilyName              string
	FamilyNamePronunciation string
	Gender                  string
	Birthdate               string // RFC 3339 full-date
	PhoneNumber             string // E.164
	Address                 *Address
}

// Address is the address claim of LINE Profile+.
type Address struct {
	PostalCode    string
	Region        string
	Locality      string
	StreetAddress string
	Country       string // ISO 3166-1 alpha-2
}

// Friendship is how a person stands to an official account.
type Friendship uint8

// Blocked is a friend who has blocked the account: not a friend for the API.
const (
	NotFriend Friendship = iota
	Friend
	Blocked
)
