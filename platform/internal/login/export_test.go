package login

// ReadHash parses a password hash and writes it again, without hashing anything.
func ReadHash(s string) (string, error) {
	h, err := parsePHC(s)
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// Limits is a table of limiters, for its tests.
type Limits struct{ l *limits }

// NewLimits returns a table of at most kept limiters, which never refill.
func NewLimits(burst, kept int) Limits { return Limits{newLimits(0, burst, kept)} }

// Fail counts a wrong attempt and says whether another may follow.
func (l Limits) Fail(name string) bool {
	l.l.count(accountKey(name))
	return l.l.open(accountKey(name))
}

// Len returns how many limiters are kept.
func (l Limits) Len() int { return len(l.l.kept) }

// TakeSlots takes every slot for hashing until release is called.
func (s *Service) TakeSlots() (release func()) {
	n := cap(s.slots)
	for range n {
		s.slots <- struct{}{}
	}
	return func() {
		for range n {
			<-s.slots
		}
	}
}
