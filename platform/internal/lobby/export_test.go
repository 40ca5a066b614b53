package lobby

// Held says how many logins and addresses are kept, and what they weigh.
func (l *Lobby) Held() (guests, addresses, weight int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.guests) != l.byAge.Len() || len(l.crowds) != len(l.largest) {
		panic("the indexes of a lobby differ")
	}
	return len(l.guests), len(l.crowds), l.weight
}
