package lab_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// schema is the part of a JSON schema that the tests look at.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Enum       []string          `json:"enum"`
	Properties map[string]schema `json:"properties"`
}

// description is the part of the OpenAPI file that the tests look at.
type description struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

func readDescription(t *testing.T) (description, string) {
	t.Helper()
	data, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d, string(data)
}

// routes collects what is mounted.
type routes map[string]bool

// Handle implements router.Mux.
func (r routes) Handle(route router.Route) { r[route.Pattern] = true }

func mounted() routes {
	r := routes{}
	(&lab.API{Guard: func(h router.Handler) router.Handler { return h }}).Mount(r)
	return r
}

// TestDescriptionHasEveryRoute: the OpenAPI file speaks of every route of the API, and of
// no other.
func TestDescriptionHasEveryRoute(t *testing.T) {
	t.Parallel()
	d, _ := readDescription(t)
	there := mounted()
	for path, operations := range d.Paths {
		for method := range operations {
			pattern := strings.ToUpper(method) + " " + path
			if !there[pattern] {
				t.Errorf("the description has %s, which is not mounted", pattern)
			}
			delete(there, pattern)
		}
	}
	for pattern := range there {
		t.Errorf("%s is mounted and not described", pattern)
	}
}

// TestDescriptionHasEveryMember: the schemas have the members of the wire types, and
// every reference leads somewhere.
func TestDescriptionHasEveryMember(t *testing.T) {
	t.Parallel()
	d, text := readDescription(t)
	types := []any{
		control.Clock{},
		control.ClockChange{},
		control.Mint{},
		control.Minted{},
		control.TokenRef{},
		control.Fault{},
		control.Faults{},
		control.Trigger{},
		control.Triggered{},
		control.Trouble{},
		control.Troubles{},
		control.Snapshot{},
		control.Request{},
		control.Requests{},
		control.Error{},
	}
	for _, v := range types {
		typ := reflect.TypeOf(v)
		var want []string
		for f := range typ.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "-" {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		got := slices.Sorted(maps.Keys(d.Components.Schemas[typ.Name()].Properties))
		if !slices.Equal(got, want) {
			t.Errorf("schema %s has %v, the type has %v", typ.Name(), got, want)
		}
	}
	if len(d.Components.Schemas) != len(types) {
		t.Errorf("%d schemas for %d types", len(d.Components.Schemas), len(types))
	}
	for part := range strings.SplitSeq(text, `"$ref": "#/components/schemas/`) {
		if name, _, _ := strings.Cut(part, `"`); !strings.HasPrefix(part, "{") && d.Components.Schemas[name].Type == "" {
			t.Errorf("a reference leads to %q, which is not there", name)
		}
	}
}
