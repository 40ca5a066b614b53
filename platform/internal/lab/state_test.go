package lab_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
)

// TestExportAndImport: another platform, with another key of its own, takes the file and
// goes on where the first one was.
func TestExportAndImport(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, b := start(t, nil), start(t, nil)
	live := must[*control.Minted](t)(a.MintToken(ctx, control.Mint{Kind: control.KindAccessToken, User: "mei"})).Token
	ended := must[*control.Minted](t)(a.MintToken(ctx, control.Mint{Kind: control.KindAccessToken, Wrong: control.WrongRevoked})).Token
	before := must[*control.Minted](t)(b.MintToken(ctx, control.Mint{Kind: control.KindAccessToken})).Token
	if got := b.profile(t, live); got != 401 {
		t.Fatalf("a token of another platform: %d", got)
	}
	file := must[json.RawMessage](t)(a.ExportState(ctx))
	if err := b.ImportState(ctx, file); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		token string
		want  int
	}{"live": {live, 200}, "revoked": {ended, 401}, "of before": {before, 401}} {
		if got := b.profile(t, tt.token); got != tt.want {
			t.Errorf("after the import, a token %s: %d, want %d", name, got, tt.want)
		}
	}
	again := must[json.RawMessage](t)(b.ExportState(ctx))
	if got, want := withoutEvents(t, again), withoutEvents(t, file); !bytes.Equal(got, want) {
		t.Errorf("exported again:\n%s\nwant\n%s", got, want)
	}
	must[*control.Minted](t)(b.MintToken(ctx, control.Mint{Algorithm: "HS256"})) // the channel secret came too
	// A file that is broken changes nothing.
	broken := bytes.Replace(file, []byte(`"Use":"id_token"`), []byte(`"Use":"nothing"`), -1)
	if bytes.Equal(broken, file) {
		t.Fatal("the file has no keys")
	}
	if err := b.ImportState(ctx, broken); err == nil {
		t.Error("a broken file was taken")
	}
	if got := b.profile(t, live); got != 200 {
		t.Errorf("after a broken file: %d, want 200", got)
	}
}

// withoutEvents is a file without what each request adds.
func withoutEvents(t *testing.T, file []byte) []byte {
	t.Helper()
	var f map[string]any
	if err := json.Unmarshal(file, &f); err != nil {
		t.Fatal(err)
	}
	state := f["state"].(map[string]any)
	delete(state, "Events")
	delete(state, "LastEvent")
	out, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSnapshots: state and keys go back and forth between moments; clock and faults stay.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	ctx, r := t.Context(), start(t, nil)
	mint := func() string {
		return must[*control.Minted](t)(r.MintToken(ctx, control.Mint{Kind: control.KindAccessToken})).Token
	}
	first := mint()
	one := must[*control.Snapshot](t)(r.TakeSnapshot(ctx))
	second := mint()
	must[*control.Triggered](t)(r.TriggerTrouble(ctx, control.TroubleKeysRotated, control.Trigger{}))
	two := must[*control.Snapshot](t)(r.TakeSnapshot(ctx))
	must[*control.Clock](t)(r.ChangeLabClock(ctx, control.ClockChange{Do: control.ClockAdvance, By: control.Duration(time.Hour)}))
	keys := func() string { _, body := r.send(t, "GET", "/oauth2/v2.1/certs", "", ""); return string(body) }
	rotated := keys()
	for range 3 {
		if err := r.RestoreSnapshot(ctx, one.ID); err != nil {
			t.Fatal(err)
		}
		if a, b := r.profile(t, first), r.profile(t, second); a != 200 || b != 401 || keys() == rotated {
			t.Errorf("at the first snapshot: %d, %d, keys rotated: %v", a, b, keys() == rotated)
		}
		if err := r.RestoreSnapshot(ctx, two.ID); err != nil {
			t.Fatal(err)
		}
		if a, b := r.profile(t, first), r.profile(t, second); a != 200 || b != 200 || keys() != rotated {
			t.Errorf("at the second snapshot: %d, %d, keys rotated: %v", a, b, keys() == rotated)
		}
	}
	if c := must[*control.Clock](t)(r.LabClock(ctx)); time.Duration(c.Offset) != time.Hour {
		t.Errorf("the clock went back: %+v", c)
	}
	if err := r.DeleteSnapshot(ctx, one.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.RestoreSnapshot(ctx, one.ID); err == nil {
		t.Error("a snapshot that was deleted was restored")
	}
}

// TestNothingStaysOpen: a LIFF app that is open is closed when the state goes back, for its
// access token is not there any more. In a run that is repeatable the next app gets the same
// ID again, and must not be taken for the one of before.
func TestNothingStaysOpen(t *testing.T) {
	t.Parallel()
	ctx, r := t.Context(), start(t, func(c *platform.Config) { c.Lab.Deterministic = "tea" })
	file := must[json.RawMessage](t)(r.ExportState(ctx))
	snapshot := must[*control.Snapshot](t)(r.TakeSnapshot(ctx))
	for name, back := range map[string]func() error{
		"reset": func() error { return r.ResetState(ctx) }, "restore": func() error { return r.RestoreSnapshot(ctx, snapshot.ID) },
		"import": func() error { return r.ImportState(ctx, file) },
	} {
		app := must[*control.LIFFLaunch](t)(r.Launch(ctx, control.LIFFLaunchRequest{LIFFID: "2000000001-demo0001", Person: "hanako"}))
		if must[*control.LIFFLaunchState](t)(r.LaunchState(ctx, app.ID)).ID != app.ID || r.profile(t, app.AccessToken) != 200 {
			t.Fatalf("%s: the app is not open", name)
		}
		if err := back(); err != nil {
			t.Fatal(err)
		}
		if state, err := r.LaunchState(ctx, app.ID); err == nil {
			t.Errorf("after %s the app is open still: %+v", name, state)
		}
	}
}

// BenchmarkReset is what a test pays between two tests that share a platform.
func BenchmarkReset(b *testing.B) {
	r := start(b, nil)
	for b.Loop() {
		if err := r.ResetState(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
