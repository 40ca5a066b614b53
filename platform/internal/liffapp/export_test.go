package liffapp

import (
	"net/http"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/store"
)

// ParseChange lets a fuzzer read bodies.
func ParseChange(body []byte) (wire.LIFFChange, error) { return parseChange(body) }

// ApplyChange lets a fuzzer apply what was read.
func ApplyChange(app *store.LIFFApp, c wire.LIFFChange) error { return applyChange(app, c) }

// IsLIFFID lets a fuzzer look at the form of LIFF IDs.
func IsLIFFID(s string) bool { return idForm.MatchString(s) }

// RestOf lets a fuzzer cut LIFF URLs.
func RestOf(r *http.Request, endpoint string) string { return restOf(r, endpoint) }

// AppendQuery lets a fuzzer append parameters.
func AppendQuery(raw, name, value string) string { return appendQuery(raw, name, value) }
