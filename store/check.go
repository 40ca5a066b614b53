package store

import "errors"

// CauseDeauthorize is the Cause of the tokens that Deauthorize revokes.
const CauseDeauthorize = "deauthorize"

var (
	errOtherIssue   = errors.New("token of another person or channel than what it is issued from")
	errOtherRefresh = errors.New("access token names another refresh token than the one it is issued with")
)

// CheckRedeem says whether a code may be redeemed for these tokens: they are of the
// code's person and channel, and the access token names the refresh token, or none
// if refresh is nil. Engines ask it in RedeemCode, because a token filed under
// somebody else would survive the withdrawal of the consent that it rests on. Its
// error is a mistake of the caller and none of the store's sentinels.
func CheckRedeem(c Code, access AccessToken, refresh *RefreshToken) error {
	if access.PersonID != c.Who.PersonID || access.ChannelID != c.Request.ChannelID {
		return errOtherIssue
	}
	if refresh == nil {
		if access.RefreshID != (ID{}) {
			return errOtherRefresh
		}
		return nil
	}
	if access.RefreshID != refresh.ID {
		return errOtherRefresh
	}
	return CheckRefresh(*refresh, access)
}

// CheckRefresh says whether access may be issued from r: both are of one person and
// channel. Engines ask it in AddAccessToken, for the reason given at CheckRedeem.
func CheckRefresh(r RefreshToken, access AccessToken) error {
	if access.PersonID != r.PersonID || access.ChannelID != r.ChannelID {
		return errOtherIssue
	}
	return nil
}

// CheckRotate says whether old may be replaced by next, with access issued with it:
// all three are of one person and channel, and access names next. Engines ask it in
// RotateRefresh, for the reason given at CheckRedeem.
func CheckRotate(old RefreshToken, access AccessToken, next RefreshToken) error {
	if access.RefreshID != next.ID {
		return errOtherRefresh
	}
	if next.PersonID != old.PersonID || next.ChannelID != old.ChannelID {
		return errOtherIssue
	}
	return CheckRefresh(old, access)
}
