package tegata

// ReadGrant lets a fuzzer read answers of verify without a server.
func ReadGrant(body []byte) (channelID string, expiresIn int64, scopes []string, err error) {
	g, err := readGrant(body)
	return g.channelID, g.expiresIn, g.scopes, err
}

// Credential lets a fuzzer look at the form of access tokens.
func Credential(raw string) bool { return credential(raw) }
