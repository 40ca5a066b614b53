package page

// Visit is what a page needs to know of the request beside its own data.
type Visit struct {
	// UILocales is the ui_locales parameter: BCP 47 tags in order, by spaces.
	UILocales string
	// RequestID is printed on error pages.
	RequestID string
	// FormTarget is the origin (or "scheme:" for a native app) to which the answer
	// to this page's form may redirect in the end. Browsers hold a redirect after a
	// form against the policy's form-action, so it must be named there. Empty: only
	// the platform itself.
	FormTarget string
}
