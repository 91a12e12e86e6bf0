package cmd

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A requestLog shares with other runs of this user on this machine when requests to one
// tenant are sent, so that together they stay within one budget: a file for each
// class of requests, with eight bytes for the time of each request.
type requestLog struct {
	base  string // path of the files without the class
	known bool
	now   func() time.Time

	mu    sync.Mutex
	files map[string]*departureFile // by class; nil if it cannot be stored
}

// departureFile is one of the files, with the length that was read.
type departureFile struct {
	lock *flock.Flock
	file *os.File
	read int64
}

// openRequestLog opens the log for a tenant, or returns nil if it cannot be stored:
// then a run knows only its own requests.
func openRequestLog(e Environment, now func() time.Time, about lockName) *requestLog {
	dir, err := e.stateDir()
	if err != nil {
		return nil
	}
	dir = filepath.Join(dir, "requests")
	if os.MkdirAll(dir, 0o700) != nil {
		return nil
	}
	l := &requestLog{base: filepath.Join(dir, about.file()), now: now, files: map[string]*departureFile{}}
	_, err = os.Stat(l.base)
	l.known = err == nil
	return l
}

// requestsOf names the tenant of a provider block for its request log, as far as the
// settings tell: the product has not yet returned its ID. Different ways to write the
// address of a server are the same server.
func requestsOf(p *provider.Provider, settings *schema.Object) lockName {
	key := p.Endpoint(settings)
	if server, err := serverOf(key); err == nil {
		key = server.ID() // the path is fixed by each product
	}
	if p.Tenant != nil {
		key += " " + p.Tenant(settings)
	}
	return lockName{product: p.Name, key: key}
}

// Known reports whether an earlier run left a log.
func (l *requestLog) Known() bool { return l.known }

// Reserve calls next with the departures that other runs recorded, and records the one
// that it returns.
func (l *requestLog) Reserve(class string, next func(others []time.Time) time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, opened := l.files[class]
	if !opened {
		d, _ = openDepartures(l.base+class, l.now()) // without it a run knows only its own requests
		l.files[class] = d
	}
	if d == nil {
		return next(nil)
	}
	at, err := d.reserve(next)
	if err != nil {
		d.close()
		l.files[class] = nil
	}
	return at
}

// Close closes the files.
func (l *requestLog) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for class, d := range l.files {
		if d != nil {
			d.close()
		}
		delete(l.files, class)
	}
}

// departuresSpan is how long a departure counts.
const departuresSpan = 2 * time.Minute

// openDepartures opens a file. It empties a file in which nothing counts any more.
func openDepartures(path string, now time.Time) (*departureFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	d := &departureFile{lock: flock.New(path+".lock", flock.SetPermissions(0o600)), file: file}
	err = d.locked(func() error {
		info, err := file.Stat()
		if err == nil && now.Sub(info.ModTime()) > departuresSpan {
			err = file.Truncate(0)
		}
		return err
	})
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *departureFile) close() {
	_ = d.file.Close() // each departure is already written
	_ = d.lock.Close()
}

func (d *departureFile) locked(do func() error) error {
	if err := d.lock.Lock(); err != nil {
		return err
	}
	return errors.Join(do(), d.lock.Unlock())
}

// reserve returns the departure even if it could not be recorded.
func (d *departureFile) reserve(next func([]time.Time) time.Time) (at time.Time, err error) {
	err = d.locked(func() error {
		others, err := d.others()
		at = next(others)
		if err != nil {
			return err
		}
		if _, err := d.file.WriteAt(binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())), d.read); err != nil {
			return err
		}
		d.read += 8
		return nil
	})
	if at.IsZero() { // there was no lock
		at = next(nil)
	}
	return at, err
}

// others reads what was recorded since the last time.
func (d *departureFile) others() ([]time.Time, error) {
	info, err := d.file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < d.read {
		d.read = 0 // another run has emptied it
	}
	text := make([]byte, (info.Size()-d.read)/8*8)
	n, err := d.file.ReadAt(text, d.read)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var out []time.Time
	for text = text[:n/8*8]; len(text) > 0; text = text[8:] {
		out = append(out, time.Unix(0, int64(binary.BigEndian.Uint64(text))))
		d.read += 8
	}
	return out, nil
}
