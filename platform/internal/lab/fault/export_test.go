package fault

import "net/http"

// Read lets a fuzzer look at requests: it returns what the log would show of one.
func Read(r *http.Request) map[string]string { return new(Set).read(r, "").sent.params() }
