// Package tegata turns a token that a LIFF app sends to its server into a verified
// user. A server never believes user details that the app sends; it believes only a
// token that it has verified.
//
// # The short call is the strict call
//
//	v, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
//	token, err := v.IDToken(ctx, raw)
//	if err != nil { … 401, tegata.Reason(err) … }
//	greet(token.Name)
//
// That takes ID tokens of LINE's own platform, signed with ES256, for this channel.
// For another platform set Config.BaseURL and Config.Issuer. Middleware for net/http
// is in package tegatahttp.
//
// # ID token, access token, or both
//
// LINE's page "Using user data in LIFF apps and servers" has two ways.
//
// Verifier.IDToken checks an ID token on this machine: signature, issuer, channel,
// times, and what the caller adds as Check values. It costs no request, save for the
// platform's keys now and then, and the platform need not be up. An ID token stays good
// for its hour, even if the user logs out meanwhile. Config.Way has it verified by the
// platform's verify endpoint, always or when the keys cannot be had.
//
// Verifier.AccessToken asks the platform: is the token live, was it issued to this
// channel, and whose profile is it? A token of another channel is refused; that step
// is the one which is forgotten most. It costs two requests and sees a revocation at
// once.
//
// Verifier.Both does both and demands that they speak of the same user.
//
// # Which key
//
// LIFF apps and native apps get ES256 tokens. A web login gets HS256 tokens, keyed
// with the channel secret, unless its token request had id_token_key_type=JWK. Which of
// the two a verifier takes is said by Config.KeyTypes, never by the token.
//
// # Several channels
//
// One verifier has one channel. Verifier.Channel makes one for another channel of the
// same platform. Choose among them by what your server knows, such as the path. Where
// several channels' tokens arrive at one place, a Set takes those of each of them.
//
// # What is remembered
//
// The platform's keys: renewed every five minutes, or as its Cache-Control says, in the
// background; asked for at most every ten seconds, whatever tokens come; used for at most
// an hour if the platform is away. ES256 tokens whose signature was found good, by their
// SHA-256, so that one that comes again costs little; everything else about them is
// checked each time. The word on an access token only if Config.AccessTokenWindow asks
// for it.
//
// # Errors
//
// No identity comes back with an error. Each reason for refusing is one variable (ErrExpired,
// ErrAudience, …) for errors.Is, and one word by Reason for the app. ErrUnavailable
// is the exception: it says nothing about the token, only that the platform could not
// be asked; answer 503, let nobody in. No error holds a token or a secret.
//
// Everything here may be used by many goroutines.
package tegata
