package clienttest_test

import (
	"maps"
	"slices"
	"testing"
)

// scenarios are what the official SDK must be able to do, by name.
var scenarios = map[string]func(*testing.T, *visit){
	"init":                         testInit,
	"login":                        testLogin,
	"denied login":                 testDeniedLogin,
	"withLoginOnExternalBrowser":   testAutoLogin,
	"redirectUri":                  testRedirectURI,
	"foreign redirect URI":         testForeignRedirectURI,
	"reload":                       testReload,
	"logout":                       testLogout,
	"getProfile":                   testProfile,
	"getIDToken":                   testIDToken,
	"getDecodedIDToken":            testDecodedIDToken,
	"getAccessToken":               testAccessToken,
	"getFriendship":                testFriendship,
	"getContext":                   testContext,
	"permission":                   testPermission,
	"permanentLink":                testPermanentLink,
	"LIFF URL":                     testLIFFURL,
	"LIFF URL with path and query": testLIFFURLRest,
	"revoked token":                testRevokedToken,
	"unknown LIFF ID":              testUnknownLIFFID,
}

// TestLIFF runs every scenario with both versions of the SDK, unmodified, each in a
// browser profile of its own.
func TestLIFF(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	for sdk, version := range sdks {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			for _, name := range slices.Sorted(maps.Keys(scenarios)) {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					scenarios[name](t, w.visit(t, sdk))
				})
			}
		})
	}
}
