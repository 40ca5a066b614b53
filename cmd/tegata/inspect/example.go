package inspect

import (
	"encoding/base64"
	"strings"
)

// Header and payload that LINE's page "Get profile information from ID tokens" shows as
// examples of what is decoded from an ID token, member by member.
const (
	exampleHeader  = `{"typ":"JWT","alg":"HS256"}`
	examplePayload = `{"iss":"https://access.line.me","sub":"U1234567890abcdef1234567890abcdef ","aud":"1234567890",` +
		`"exp":1504169092,"iat":1504263657,"nonce":"0987654asdf","amr":["pwd"],"name":"Taro Line","picture":"https://sample_line.me/aBcdefg123456"}`
)

// ExampleNote says where Example comes from.
const ExampleNote = `This is the example of LINE's page "Get profile information from ID tokens". The page shows header and payload and no signature; ` +
	"here zeros stand in its place. It is no token to copy into a test: look at exp and sub."

// Example returns the example of LINE's own documentation as a token.
func Example() string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(exampleHeader)) + "." + part([]byte(examplePayload)) + "." + strings.Repeat("A", 43)
}
