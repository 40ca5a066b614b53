package memory

// Left counts what is kept of things that expire, with all that is only there to
// find them.
func (s *Store) Left() map[string]int {
	left := map[string]int{
		"sessions":     len(s.sessions.rows) + len(s.sessions.ends.keys) + len(s.sessions.ends.seconds),
		"transactions": len(s.transactions) + len(s.transactionEnds.keys) + len(s.transactionEnds.seconds),
		"codes":        len(s.codes) + len(s.codeEnds.keys) + len(s.codeEnds.seconds),
		"access":       len(s.access) + len(s.accessEnds.keys) + len(s.accessEnds.seconds),
		"refresh":      len(s.refresh) + len(s.refreshEnds.keys) + len(s.refreshEnds.seconds),
		"holdings":     len(s.holdings),
		"shelves":      len(s.shelves),
		"channel":      len(s.channelTokens.rows) + len(s.channelTokens.ends.keys) + len(s.channelTokens.ends.seconds),
		"assertions":   len(s.assertions) + len(s.assertionEnds.keys) + len(s.assertionEnds.seconds),
	}
	for _, r := range s.refresh {
		left["access tokens of refresh tokens"] += len(r.family.access)
	}
	left["families"] = len(s.families)
	return left
}
