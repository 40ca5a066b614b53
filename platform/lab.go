package platform

import (
	"context"
	"fmt"
	"slices"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// ErrOtherWorld means that a store holds another world than that of the Lab's Seed.
var ErrOtherWorld = lab.ErrOtherWorld

// seed writes the Lab's world into an empty store. One that has a world keeps it, and gets
// what belongs to this start.
func (p *Platform) seed(ctx context.Context) error {
	l := p.cfg.Lab
	if l == nil || l.Seed == nil {
		return nil
	}
	target := lab.Target{
		Store: p.cfg.Store, Now: p.cfg.Now, DemoOrigin: l.DemoOrigin,
		SealSecret: p.issue.SealSecret, HashPassword: login.HashPassword,
	}
	there, err := p.cfg.Store.Providers(ctx)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return l.Seed.Renew(ctx, target, lab.Start{Apps: l.Apps, Callbacks: l.Callbacks})
	}
	return l.Seed.Apply(ctx, target)
}

// env describes the running platform for `tegata env`, with the URLs of the base
// through which it was asked.
func (p *Platform) env(ctx context.Context, base router.Base) (*control.Env, error) {
	l := p.cfg.Lab
	env := &control.Env{
		BaseURL: p.cfg.BaseURL, TLSURL: l.TLSURL, TLSSPKI: l.TLSSPKI, TLSCAPEM: l.TLSCAPEM, Issuer: p.cfg.Issuer, SimulatorURL: l.SimulatorURL,
		Channels: []control.EnvChannel{}, LIFFApps: []control.EnvLIFFApp{}, Users: []control.EnvUser{},
	}
	channels, err := p.cfg.Store.Channels(ctx)
	if err != nil {
		return nil, fmt.Errorf("env: %w", err)
	}
	for _, c := range channels {
		secrets, err := p.issue.Secrets(c)
		if err != nil {
			return nil, fmt.Errorf("env: channel %s: %w", c.ID, err)
		}
		status := "developing"
		if c.Status == store.Published {
			status = "published"
		}
		one := control.EnvChannel{ChannelID: c.ID, ProviderID: c.ProviderID, Name: c.Name, Status: status, CallbackURLs: c.Callbacks}
		if len(secrets) > 0 {
			one.ChannelSecret = string(secrets[0])
		}
		env.Channels = append(env.Channels, one)
		apps, err := p.cfg.Store.LIFFAppsOf(ctx, c.ID)
		if err != nil {
			return nil, fmt.Errorf("env: LIFF apps of %s: %w", c.ID, err)
		}
		for _, a := range apps {
			env.LIFFApps = append(env.LIFFApps, control.EnvLIFFApp{
				LIFFID: a.ID, EndpointURL: a.EndpointURL, URL: base.LIFF + "/" + a.ID, ChannelID: c.ID, Description: a.Description,
				ServedOrigins: append([]string{}, a.ServedOrigins...),
			})
		}
	}
	if len(env.Channels) > 0 {
		env.ChannelID, env.ChannelSecret = env.Channels[0].ChannelID, env.Channels[0].ChannelSecret
	}
	l.startFirst(env.LIFFApps)
	if len(env.LIFFApps) > 0 {
		env.LIFFID = env.LIFFApps[0].LIFFID
	}
	return env, p.envUsers(ctx, env, channels)
}

// startFirst puts the apps of this start first, also in a store that has had others for
// longer.
func (l *Lab) startFirst(apps []control.EnvLIFFApp) {
	rank := func(a control.EnvLIFFApp) int {
		if i := slices.Index(l.Apps, a.LIFFID); i >= 0 {
			return i
		}
		return len(l.Apps)
	}
	slices.SortStableFunc(apps, func(a, b control.EnvLIFFApp) int { return rank(a) - rank(b) })
}

// envUsers adds the people with their user IDs and, where the seed gave them, their
// passwords.
func (p *Platform) envUsers(ctx context.Context, env *control.Env, channels []store.Channel) error {
	passwords := map[string]string{}
	if p.cfg.Lab.Seed != nil {
		for _, u := range p.cfg.Lab.Seed.Users {
			passwords[lab.PersonID(u.Handle)] = u.Password
		}
	}
	people, err := p.cfg.Store.People(ctx)
	if err != nil {
		return fmt.Errorf("env: people: %w", err)
	}
	for _, person := range people {
		one := control.EnvUser{Handle: person.Handle, Email: person.Email, Password: passwords[person.ID], UserIDs: map[string]string{}}
		for _, c := range channels {
			if one.UserIDs[c.ProviderID] != "" {
				continue
			}
			id, err := p.cfg.Store.UserID(ctx, person.ID, c.ProviderID, lab.UserID(c.ProviderID, person.Handle))
			if err != nil {
				return fmt.Errorf("env: user ID of %s: %w", person.Handle, err)
			}
			one.UserIDs[c.ProviderID] = id
		}
		if len(channels) > 0 {
			one.UserID = one.UserIDs[channels[0].ProviderID]
		}
		env.Users = append(env.Users, one)
	}
	return nil
}
