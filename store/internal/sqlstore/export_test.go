package sqlstore

import "time"

// Through writes a list of texts to a column and reads it back.
func Through(texts []string) (back []string, err error) {
	v, err := doc(texts).Value()
	if err == nil {
		err = doc(&back).Scan(v)
	}
	return back, err
}

// Moment writes a time to a column and reads it back, once as a time and once as an expiry.
func Moment(t time.Time) (at, end time.Time, err error) {
	if err = (when{&at}).Scan(micros(t)); err == nil {
		err = until{&end}.Scan(ends(t))
	}
	return at, end, err
}
