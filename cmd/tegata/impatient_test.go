package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience is how long a client waits for a node that may never answer.
const patience = 2 * time.Second

// verifiesSoon is verifies for a client without much patience: 0 if there is no answer.
func (n *serveNode) verifiesSoon(token string) int {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, nodesBase+"/oauth2/v2.1/verify?access_token="+url.QueryEscape(token), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	res, err := n.client.Do(r)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0
	}
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

// manages asks the node's management side.
func (n *serveNode) manages(path string) (status int, header http.Header, body string) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.started.Management+path, strings.NewReader(""))
	if err != nil {
		n.t.Fatal(err)
	}
	res, err := n.transport.RoundTrip(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(data)
}
