package tegata_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	const dev = "dev0839511b77483302d5f1613f7cd40"
	for name, c := range map[string]struct {
		config tegata.Config
		want   string // in the error; empty: accepted
	}{
		"channel alone":            {tegata.Config{ChannelID: channelID}, ""},
		"no channel":               {tegata.Config{}, "ChannelID is empty"},
		"LIFF ID":                  {tegata.Config{ChannelID: "2000000001-demo0001"}, "before the hyphen"},
		"channel in words":         {tegata.Config{ChannelID: "tea"}, "decimal"},
		"channel with a blank":     {tegata.Config{ChannelID: " 2000000001"}, "decimal"},
		"channel too long":         {tegata.Config{ChannelID: strings.Repeat("2", 21)}, "decimal"},
		"unknown key type":         {tegata.Config{ChannelID: channelID, KeyTypes: 4}, "KeyTypes"},
		"HS256 without a secret":   {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256}, "ChannelSecret has 0 bytes"},
		"HS256, short secret":      {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, ChannelSecret: tegata.Secret(secret[:31])}, "ChannelSecret has 31 bytes"},
		"HS256, whole secret":      {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, ChannelSecret: secret}, ""},
		"secret for nothing":       {tegata.Config{ChannelID: channelID, ChannelSecret: secret}, "has no HS256"},
		"dev secret at LINE":       {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, ChannelSecret: dev}, "tegata dev"},
		"dev secret elsewhere":     {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, ChannelSecret: dev, BaseURL: "https://login.example.com"}, "tegata dev"},
		"dev secret here":          {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, ChannelSecret: dev, BaseURL: "http://localhost:4800"}, ""},
		"https base":               {tegata.Config{ChannelID: channelID, BaseURL: "https://login.example.com/"}, ""},
		"http base here":           {tegata.Config{ChannelID: channelID, BaseURL: "http://127.0.0.1:4800"}, ""},
		"http base IPv6":           {tegata.Config{ChannelID: channelID, BaseURL: "http://[::1]:4800"}, ""},
		"http base elsewhere":      {tegata.Config{ChannelID: channelID, BaseURL: "http://login.example.com"}, "want https"},
		"http base like localhost": {tegata.Config{ChannelID: channelID, BaseURL: "http://localhost.example.com"}, "want https"},
		"base without a scheme":    {tegata.Config{ChannelID: channelID, BaseURL: "localhost:4800"}, "origin"},
		"base with a path":         {tegata.Config{ChannelID: channelID, BaseURL: "https://login.example.com/api"}, "origin"},
		"base with a query":        {tegata.Config{ChannelID: channelID, BaseURL: "https://login.example.com?"}, "origin"},
		"base with a user":         {tegata.Config{ChannelID: channelID, BaseURL: "https://u@login.example.com"}, "origin"},
		"base of another kind":     {tegata.Config{ChannelID: channelID, BaseURL: "file:///etc"}, "origin"},
		"issuer in words":          {tegata.Config{ChannelID: channelID, Issuer: "line"}, "Issuer"},
		"leeway of five minutes":   {tegata.Config{ChannelID: channelID, Leeway: 5 * time.Minute}, ""},
		"more leeway":              {tegata.Config{ChannelID: channelID, Leeway: 5*time.Minute + 1}, "Leeway"},
		"way of its own":           {tegata.Config{ChannelID: channelID, Way: 3}, "Way"},
		"HS256 online":             {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, Way: tegata.Online}, ""},
		"secret for the platform":  {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, Way: tegata.Online, ChannelSecret: secret}, "Online"},
		"fallback needs a secret":  {tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, Way: tegata.OfflineElseOnline}, "ChannelSecret has 0 bytes"},
		"remember a million":       {tegata.Config{ChannelID: channelID, Remember: 1 << 20}, ""},
		"remember more":            {tegata.Config{ChannelID: channelID, Remember: 1<<20 + 1}, "Remember"},
		"window of five minutes":   {tegata.Config{ChannelID: channelID, AccessTokenWindow: 5 * time.Minute}, ""},
		"longer window":            {tegata.Config{ChannelID: channelID, AccessTokenWindow: 5*time.Minute + 1}, "AccessTokenWindow"},
		"negative window":          {tegata.Config{ChannelID: channelID, AccessTokenWindow: -1}, "AccessTokenWindow"},
		"negative timeout":         {tegata.Config{ChannelID: channelID, Timeout: -1}, "Timeout"},
	} {
		v, err := tegata.New(c.config)
		switch {
		case c.want == "" && (err != nil || v == nil):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || v != nil || !strings.HasPrefix(err.Error(), "tegata: Config.") || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		case err != nil && (strings.Contains(err.Error(), secret[:31]) || strings.Contains(err.Error(), dev)):
			t.Errorf("%s: the error holds the secret: %v", name, err)
		}
	}
}

// TestSecret prints a secret in every way that a log might.
func TestSecret(t *testing.T) {
	t.Parallel()
	cfg := tegata.Config{ChannelID: channelID, KeyTypes: tegata.HS256, ChannelSecret: secret}
	var texts []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b", "%t", "%U", "%T%v"} {
		texts = append(texts, fmt.Sprintf(verb, cfg.ChannelSecret), fmt.Sprintf(verb, &cfg.ChannelSecret), fmt.Sprintf(verb, cfg), fmt.Sprintf(verb, []tegata.Secret{secret}), fmt.Sprintf(verb, map[tegata.Secret]int{secret: 1}))
	}
	texts = append(texts, cfg.ChannelSecret.String(), fmt.Sprint(cfg), fmt.Errorf("secret %w", errors.New(fmt.Sprint(cfg.ChannelSecret))).Error())
	data, err := json.Marshal(struct {
		Secret tegata.Secret
		All    []tegata.Secret
	}{secret, []tegata.Secret{secret}})
	if err != nil {
		t.Fatal(err)
	}
	texts = append(texts, string(data))
	var log bytes.Buffer
	for _, l := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		l.Info("secret", "it", cfg.ChannelSecret, "in", cfg.ChannelSecret.LogValue(), slog.Any("any", cfg.ChannelSecret))
	}
	texts = append(texts, log.String())
	v, err := tegata.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	texts = append(texts, fmt.Sprintf("%v %+v %#v", v, v, v), fmt.Sprintf("%+v", *v))
	for i, text := range texts {
		if strings.Contains(text, secret) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", secret)) {
			t.Errorf("text %d shows the secret: %s", i, text)
		}
	}
	if string(cfg.ChannelSecret) != secret {
		t.Errorf("string(Secret) = %q, want the secret itself", string(cfg.ChannelSecret))
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, err := range []error{
		tegata.ErrMalformed, tegata.ErrAlgorithm, tegata.ErrUnknownKey, tegata.ErrSignature, tegata.ErrIssuer, tegata.ErrAudience,
		tegata.ErrExpired, tegata.ErrNotYetValid, tegata.ErrNonce, tegata.ErrSubject, tegata.ErrMaxAge, tegata.ErrMethod,
		tegata.ErrInactive, tegata.ErrOtherChannel, tegata.ErrScope, tegata.ErrUnavailable,
	} {
		word := tegata.Reason(fmt.Errorf("wrapped: %w", err))
		if word == "" || seen[word] {
			t.Errorf("Reason(%v) = %q, want a word of its own", err, word)
		}
		seen[word] = true
	}
	if got := tegata.Reason(nil) + tegata.Reason(errors.New("other")); got != "" {
		t.Errorf("Reason of nil and of another error = %q, want nothing", got)
	}
}
