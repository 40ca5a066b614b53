package lineapi

// What lets fuzzers read answers without a server.
var (
	ReadGrant   = readGrant
	ReadProfile = readProfile
	CacheAge    = cacheAge
	ReadTokens  = readTokens

	ReadChannelToken = readChannelToken
)
