package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// answer reads the body, does what it asks for, and answers what came of it.
func answer[In, Out any](w http.ResponseWriter, r *http.Request, do func(ctx context.Context, in In) (Out, error)) error {
	var in In
	if err := read(r, &in); err != nil {
		return err
	}
	out, err := do(r.Context(), in)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, out)
}

// done answers what has nothing to say.
func done(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	return router.WriteJSON(w, struct{}{})
}

// read reads a JSON body strictly. No body is an empty object.
func read(r *http.Request, into any) error {
	data, err := body(r)
	if err != nil || len(data) == 0 {
		return err
	}
	const fix = "read " + control.PathLabAPI + " for what it takes"
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return bad("the body cannot be read: "+err.Error(), fix)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return bad("something follows the body's JSON object", fix)
	}
	return nil
}

func body(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, bad("the body broke off", "send it again")
	}
	if len(data) > maxBody {
		return nil, &control.Error{
			Status: http.StatusRequestEntityTooLarge, Code: "too_large", Message: fmt.Sprintf("the body has more than %d bytes", maxBody),
			Fix: "export less: reset first, or take a fresh run",
		}
	}
	return data, nil
}
