package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/target"
)

// minAdminToken is the length of the shortest admin token that is taken, in characters: a
// random one of it cannot be guessed, by whomever --allow-remote lets in.
const minAdminToken = 32

// adminToken returns the token of the control APIs and its hash: the one given, which
// tests elsewhere then know, or a random one.
func (c devCmd) adminToken() (string, [32]byte, error) {
	if c.AdminToken == "" {
		token, hash := target.NewToken()
		return token, hash, nil
	}
	if len(c.AdminToken) < minAdminToken {
		return "", [32]byte{}, &failure{
			exitUsage, fmt.Errorf("--admin-token of %d characters, at least %d are wanted", len(c.AdminToken), minAdminToken),
			"make one by `openssl rand -hex 32`, or leave it out for a random one",
		}
	}
	if strings.ContainsFunc(c.AdminToken, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", [32]byte{}, &failure{exitUsage, errors.New("--admin-token has a blank, a line break or a character beyond ASCII, which no header carries"), "make one by `openssl rand -hex 32`, or leave it out for a random one"}
	}
	return c.AdminToken, sha256.Sum256([]byte(c.AdminToken)), nil
}
