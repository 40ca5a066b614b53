package fault

import (
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
)

// named has the endpoints that have a name of their own, by path.
var named = map[string]string{
	wire.PathAuthorize:     control.EndpointAuthorize,
	wire.PathLIFFAuthorize: control.EndpointLIFF,
	wire.PathLogin:         control.EndpointLogin,
	wire.PathConsent:       control.EndpointConsent,
	wire.PathToken:         control.EndpointToken,
	wire.PathStatelessV3:   control.EndpointToken,
	wire.PathV2AccessToken: control.EndpointToken,
	wire.PathVerify:        control.EndpointVerify,
	wire.PathV2Verify:      control.EndpointVerify,
	wire.PathUserinfo:      control.EndpointUserinfo,
	wire.PathProfile:       control.EndpointProfile,
	wire.PathFriendship:    control.EndpointFriendship,
	wire.PathCerts:         control.EndpointCerts,
	wire.PathDiscovery:     control.EndpointDiscovery,
	wire.PathRevoke:        control.EndpointRevoke,
	wire.PathV2Revoke:      control.EndpointRevoke,
	wire.PathDeauthorize:   control.EndpointDeauthorize,
	wire.PathLIFFApps:      control.EndpointLIFFApps,

	wire.PathLIFFApps + "/{liffID}":                               control.EndpointLIFFApps,
	wire.PathLIFFRuntime + "{liffID}/" + wire.SegmentContextToken: control.EndpointContext,
	wire.PathLIFFRuntime + "{liffID}/" + wire.SegmentFeatureToken: control.EndpointFeature,

	"/{liffID}":           control.EndpointLIFFURL,
	"/{liffID}/{rest...}": control.EndpointLIFFURL,
}

// ourPath begins the paths that LINE does not have: control APIs, pictures, assets. No
// fault befalls them.
const ourPath = "/_tegata/"

// endpointOf returns the name of a route's endpoint; ok is false for what is not of
// LINE's API.
func endpointOf(pattern string) (name string, ok bool) {
	_, path, found := strings.Cut(pattern, " ")
	if !found || strings.HasPrefix(path, ourPath) {
		return "", false
	}
	return named[path], true
}

// endpointNames returns every name, in the order of the alphabet.
func endpointNames() []string {
	var all []string
	for _, name := range named {
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
