package sqlite_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// disk writes down what SQLite does to the files of one folder, so that the state in which a
// loss of power may leave them can be made afterwards. It stands in SQLite's own place for it,
// the VFS (https://www.sqlite.org/vfs.html), before the one that works on real files.
type disk struct {
	folder string

	mu   sync.Mutex // guards the rest
	ops  []diskOp
	room func() error // asked before each write: an error means that the disk is full; nil: there is room
}

// limit lets a disk be full whenever room says so.
func (d *disk) limit(room func() error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = room
}

func (d *disk) full() bool {
	d.mu.Lock()
	room := d.room
	d.mu.Unlock()
	return room != nil && room() != nil
}

type diskVerb uint8

const (
	diskWrite diskVerb = iota
	diskTruncate
	diskSync
	diskDelete
	diskMark // not of the disk: what had been acknowledged by then
)

type diskOp struct {
	verb    diskVerb
	file    string
	offset  int64 // of a write, or the new length of a truncation
	data    []byte
	durable bool // it survives a loss of power
	mark    int
}

func (d *disk) add(op diskOp) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops = append(d.ops, op)
}

// sector is what a disk writes whole or not at all.
const sector = 512

// after makes in folder what a loss of power after the first n operations may leave. Whatever
// was synced is there. Of what was written since, some or all may be there, in any order, with
// any sectors missing; keep says how likely each is. Deletions may be lost too, and with one
// the next file of that name, until the folder is synced, which the first sync of a new journal
// does.
func (d *disk) after(t *testing.T, n int, keep float64, rnd *rand.Rand, folder string) {
	t.Helper()
	d.mu.Lock()
	ops := slices.Clone(d.ops[:n])
	d.mu.Unlock()
	settle(ops)
	files := map[string][]diskOp{}
	for _, op := range ops {
		if op.verb != diskMark {
			files[op.file] = append(files[op.file], op)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		b, there := left(files[name], func() bool { return rnd.Float64() < keep })
		if !there {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// settle marks as durable the operations that a later sync has made so.
func settle(ops []diskOp) {
	known := map[string]bool{} // files whose entry in the folder was synced
	var pending []int          // deletions that were not
	unsynced := map[string][]int{}
	for i, op := range ops {
		switch op.verb {
		case diskWrite, diskTruncate:
			unsynced[op.file] = append(unsynced[op.file], i)
		case diskDelete:
			pending = append(pending, i)
			known[op.file] = false
			unsynced[op.file] = nil // of the file that is gone
		case diskSync:
			for _, j := range unsynced[op.file] {
				ops[j].durable = true
			}
			unsynced[op.file] = nil
			if known[op.file] || !strings.HasSuffix(op.file, "-wal") && !strings.HasSuffix(op.file, "-journal") {
				continue
			}
			known[op.file] = true
			for _, j := range pending {
				ops[j].durable = true
			}
			pending = nil
		}
	}
}

// left returns what may be left of a file; chance decides about what is not durable.
func left(ops []diskOp, chance func() bool) (b []byte, there bool) {
	for _, op := range ops {
		switch op.verb {
		case diskWrite:
			for at := 0; at < len(op.data); at += sector {
				if op.durable || chance() {
					b, there = overwrite(b, op.offset+int64(at), op.data[at:min(at+sector, len(op.data))]), true
				}
			}
		case diskTruncate:
			if int64(len(b)) > op.offset && (op.durable || chance()) {
				b = slices.Clone(b[:op.offset]) // what is written behind it later has zeros before it
			}
		case diskDelete:
			if !op.durable && !chance() {
				return b, there
			}
			b, there = nil, false
		}
	}
	return b, there
}

// marks returns what had been acknowledged before the first n operations had been done.
func (d *disk) marks(n int) []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []int
	for _, op := range d.ops[:n] {
		if op.verb == diskMark {
			all = append(all, op.mark)
		}
	}
	return all
}

func overwrite(b []byte, offset int64, data []byte) []byte {
	if end := offset + int64(len(data)); end > int64(len(b)) {
		b = append(b, make([]byte, end-int64(len(b)))...)
	}
	copy(b[offset:], data)
	return b
}

// The VFS of this test binary. SQLite calls its functions from everywhere, so what they need
// is kept here.
var vfs struct {
	once   sync.Once
	real   uintptr // *Tsqlite3_vfs that works on files
	failed string

	mu      sync.Mutex
	disks   []*disk
	methods map[uintptr]uintptr // *Tsqlite3_io_methods of the real files: ours
	open    map[uintptr]openFile
}

// openFile is a file that SQLite has open.
type openFile struct {
	methods *sqlite3.Tsqlite3_io_methods // the real ones
	disk    *disk                        // nil: a file that nobody watches
	name    string
}

// watch returns the disk of a new folder.
func watch(t *testing.T) *disk {
	t.Helper()
	vfs.once.Do(installVFS)
	if vfs.failed != "" {
		t.Fatal(vfs.failed)
	}
	d := &disk{folder: t.TempDir()}
	vfs.mu.Lock()
	defer vfs.mu.Unlock()
	vfs.disks = append(vfs.disks, d)
	return d
}

// installVFS puts ours before the default VFS for the life of the process.
func installVFS() {
	tls := libc.NewTLS()
	vfs.real = sqlite3.Xsqlite3_vfs_find(tls, 0)
	ours := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	name, err := libc.CString("watched")
	if vfs.real == 0 || ours == 0 || err != nil {
		vfs.failed = "SQLite has no VFS to stand before"
		return
	}
	vfs.methods, vfs.open = map[uintptr]uintptr{}, map[uintptr]openFile{}
	v := at[sqlite3.Tsqlite3_vfs](ours)
	*v = *at[sqlite3.Tsqlite3_vfs](vfs.real)
	v.FpNext, v.FzName = 0, name
	v.FxOpen, v.FxDelete = pointer(vfsOpen), pointer(vfsDelete)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, ours, 1); rc != sqlite3.SQLITE_OK {
		vfs.failed = "SQLite refuses the VFS"
	}
}

// at reads an address of the memory of SQLite, which Go's collector does not know.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// pointer returns what SQLite's translation to Go calls a function by. The function must be
// one of the top level, which does not move.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the other way round.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

func diskOf(path string) (*disk, string) {
	vfs.mu.Lock()
	defer vfs.mu.Unlock()
	for _, d := range vfs.disks {
		if name, ok := strings.CutPrefix(path, d.folder+string(filepath.Separator)); ok {
			return d, name
		}
	}
	return nil, ""
}

func vfsOpen(tls *libc.TLS, _, path, file uintptr, flags int32, out uintptr) int32 {
	real := at[sqlite3.Tsqlite3_vfs](vfs.real)
	rc := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](real.FxOpen)(tls, vfs.real, path, file, flags, out)
	if rc != sqlite3.SQLITE_OK || path == 0 {
		return rc
	}
	d, name := diskOf(libc.GoString(path))
	if d == nil {
		return rc
	}
	methods := at[uintptr](file)
	vfs.mu.Lock()
	defer vfs.mu.Unlock()
	vfs.open[file] = openFile{at[sqlite3.Tsqlite3_io_methods](*methods), d, name}
	ours, ok := vfs.methods[*methods]
	if !ok {
		ours = libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
		m := at[sqlite3.Tsqlite3_io_methods](ours)
		*m = *at[sqlite3.Tsqlite3_io_methods](*methods)
		m.FxClose, m.FxWrite, m.FxTruncate, m.FxSync = pointer(fileClose), pointer(fileWrite), pointer(fileTruncate), pointer(fileSync)
		vfs.methods[*methods] = ours
	}
	*methods = ours
	return rc
}

func vfsDelete(tls *libc.TLS, _, path uintptr, syncFolder int32) int32 {
	if d, name := diskOf(libc.GoString(path)); d != nil {
		d.add(diskOp{verb: diskDelete, file: name, durable: syncFolder != 0})
	}
	real := at[sqlite3.Tsqlite3_vfs](vfs.real)
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](real.FxDelete)(tls, vfs.real, path, syncFolder)
}

func opened(file uintptr) openFile {
	vfs.mu.Lock()
	defer vfs.mu.Unlock()
	return vfs.open[file]
}

func fileClose(tls *libc.TLS, file uintptr) int32 {
	f := opened(file)
	vfs.mu.Lock()
	maps.DeleteFunc(vfs.open, func(p uintptr, _ openFile) bool { return p == file })
	vfs.mu.Unlock()
	return function[func(*libc.TLS, uintptr) int32](f.methods.FxClose)(tls, file)
}

func fileWrite(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	f := opened(file)
	if f.disk.full() {
		return sqlite3.SQLITE_FULL
	}
	f.disk.add(diskOp{verb: diskWrite, file: f.name, offset: offset, data: slices.Clone(libc.GoBytes(data, int(n)))})
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.methods.FxWrite)(tls, file, data, n, offset)
}

func fileTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := opened(file)
	f.disk.add(diskOp{verb: diskTruncate, file: f.name, offset: size})
	return function[func(*libc.TLS, uintptr, int64) int32](f.methods.FxTruncate)(tls, file, size)
}

func fileSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := opened(file)
	rc := function[func(*libc.TLS, uintptr, int32) int32](f.methods.FxSync)(tls, file, flags)
	if rc == sqlite3.SQLITE_OK {
		f.disk.add(diskOp{verb: diskSync, file: f.name}) // what was written before it began
	}
	return rc
}
