// Package faulty makes an engine of package sqlstore fail at a chosen step, for tests
// that ask what is left behind then. It owns the failing; what must hold afterwards is
// storetest's. Only tests import it.
package faulty
