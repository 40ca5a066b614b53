package tegatahttp

// What lets fuzzers look for ways in, and out of the website.
var NextPath = nextPath

// Reseal returns the login that a cookie's text holds, written again.
func Reseal(data []byte) ([]byte, bool) {
	f, ok := parseFlow(data)
	if !ok {
		return nil, false
	}
	return f.marshal(), true
}

// IsRetryState says whether a text is a state for a second try, made with a key of zeros.
func IsRetryState(text string) bool { return isRetryState(make([]byte, 32), text) }

// ReadAnswer reads the query of a callback.
var ReadAnswer = readAnswer
