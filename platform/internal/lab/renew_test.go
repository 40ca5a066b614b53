package lab_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// TestRenew: a world that is kept gets the apps, the callbacks and the demo app's origin of
// this start, and nothing else of the seed.
func TestRenew(t *testing.T) {
	t.Parallel()
	seed, err := lab.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	s := apply(t, seed)
	ctx := t.Context()
	app, err := s.LIFFApp(ctx, "2000000001-demo0001")
	if err != nil {
		t.Fatal(err)
	}
	path := app.EndpointURL[len("http://localhost:4801"):]
	app.ViewType, app.ServedOrigins = "compact", []string{"http://localhost:4802"}
	if err := s.UpdateLIFFApp(ctx, app); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteLIFFApp(ctx, "2000000001", "2000000001-demo0002"); err != nil {
		t.Fatal(err)
	}
	const mine = "2000000001-app00001"
	start := lab.Start{Apps: []string{mine}, Callbacks: []string{"http://localhost:7/cb"}}
	target := lab.Target{Store: s, Now: time.Now, DemoOrigin: "http://localhost:9901"}
	for _, endpoint := range []string{"http://localhost:5173/", "http://localhost:3000/"} {
		seed.LIFFApps = append([]lab.LIFFApp{{ID: mine, EndpointURL: endpoint, Description: "at " + endpoint}}, slices.DeleteFunc(seed.LIFFApps, func(a lab.LIFFApp) bool { return a.ID == mine })...)
		if err := seed.Renew(ctx, target, start); err != nil {
			t.Fatal(err)
		}
		if got, err := s.LIFFApp(ctx, mine); err != nil || got.EndpointURL != endpoint || got.Description != "at "+endpoint {
			t.Errorf("the app: %+v, %v", got, err)
		}
	}
	if got, err := s.LIFFApp(ctx, app.ID); err != nil || got.EndpointURL != "http://localhost:9901"+path || got.ViewType != "compact" || got.ServedOrigins != nil {
		t.Errorf("the demo app: %+v, %v", got, err)
	}
	if _, err := s.LIFFApp(ctx, "2000000001-demo0002"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a deleted demo app: %v", err)
	}
	c, err := s.Channel(ctx, "2000000001")
	if n := len(seed.Channels[0].Callbacks); err != nil || len(c.Callbacks) != n+1 || c.Callbacks[n] != "http://localhost:7/cb" {
		t.Errorf("callbacks %v, %v", c.Callbacks, err)
	}
	empty := lab.Target{Store: memory.New(memory.Config{}), Now: time.Now}
	if err := seed.Renew(ctx, empty, lab.Start{Callbacks: start.Callbacks}); !errors.Is(err, lab.ErrOtherWorld) {
		t.Errorf("callbacks in another world: %v", err)
	}
	if err := seed.Renew(ctx, empty, lab.Start{Apps: start.Apps}); !errors.Is(err, lab.ErrOtherWorld) {
		t.Errorf("apps in another world: %v", err)
	}
}
