package router

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// WriteJSON answers 200 with v. Nothing is stored by caches: most answers hold
// tokens or say something of a user.
func WriteJSON(w http.ResponseWriter, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	WriteRaw(w, data)
	return nil
}

// WriteRaw answers 200 with a JSON text that is encoded already. A Cache-Control that
// the handler has set stays.
func WriteRaw(w http.ResponseWriter, data []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json;charset=UTF-8"}
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = []string{"no-store"}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(data))}
	_, _ = w.Write(data) // the client may be gone; nothing is left to do
}
