package tegatatest

import (
	"strings"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/control"
)

// User is a persona.
type User struct {
	Handle   string
	Email    string
	Password string // of the demo personas: demo
	// UserID is the user ID under the first channel's provider, UserIDs that under each
	// provider by its ID.
	UserID  string
	UserIDs map[string]string
}

// Channel is a LINE Login channel.
type Channel struct {
	ID           string
	Secret       string
	ProviderID   string
	Name         string
	CallbackURLs []string
	Published    bool
}

// LIFFApp is a LIFF app.
type LIFFApp struct {
	ID          string
	ChannelID   string
	EndpointURL string
	URL         string // the LIFF URL
}

// User returns the persona with a handle, or the first one of the seed if it is empty.
func (p *Platform) User(handle string) User {
	p.t.Helper()
	for _, u := range p.world.Users {
		if handle == "" || u.Handle == handle {
			return User{u.Handle, u.Email, u.Password, u.UserID, u.UserIDs}
		}
	}
	p.t.Fatalf("tegatatest: there is no user %q; the seed has %s", handle,
		list(p.world.Users, func(u control.EnvUser) string { return u.Handle }))
	return User{}
}

// Channel returns the channel with an ID, or the first one of the seed if it is empty.
func (p *Platform) Channel(id string) Channel {
	p.t.Helper()
	for _, c := range p.world.Channels {
		if id == "" || c.ChannelID == id {
			return Channel{c.ChannelID, c.ChannelSecret, c.ProviderID, c.Name, c.CallbackURLs, c.Status == "published"}
		}
	}
	p.t.Fatalf("tegatatest: there is no channel %q; the seed has %s", id,
		list(p.world.Channels, func(c control.EnvChannel) string { return c.ChannelID }))
	return Channel{}
}

// LIFFApp returns the LIFF app with an ID, or the first one of the seed if it is empty.
func (p *Platform) LIFFApp(id string) LIFFApp {
	p.t.Helper()
	for _, a := range p.world.LIFFApps {
		if id == "" || a.LIFFID == id {
			return LIFFApp{a.LIFFID, a.ChannelID, a.EndpointURL, a.URL}
		}
	}
	p.t.Fatalf("tegatatest: there is no LIFF app %q; the seed has %s", id,
		list(p.world.LIFFApps, func(a control.EnvLIFFApp) string { return a.LIFFID }))
	return LIFFApp{}
}

// list names what there is.
func list[T any](all []T, name func(T) string) string {
	var names []string
	for _, one := range all {
		names = append(names, name(one))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Verifier returns a verifier of the first channel's tokens, as a server would make it,
// but for the transport and the clock, which are the platform's: it asks the platform for
// its keys and about access tokens. Each change may set other fields, such as ChannelID.
func (p *Platform) Verifier(change ...func(*tegata.Config)) *tegata.Verifier {
	p.t.Helper()
	cfg := tegata.Config{
		ChannelID: p.Channel("").ID, Issuer: p.Issuer, BaseURL: p.URL, Transport: p.transport, Now: p.Clock.Now,
	}
	for _, f := range change {
		f(&cfg)
	}
	v, err := tegata.New(cfg)
	if err != nil {
		p.t.Fatalf("tegatatest: %v", err)
	}
	return v
}
