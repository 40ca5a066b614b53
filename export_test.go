package tegata

// Credential lets a fuzzer look at the form of access tokens.
func Credential(raw string) bool { return credential(raw) }
