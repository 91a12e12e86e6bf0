package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// Lock keeps a second apply out of the directory until unlock is called or the
// process ends. It is about two people or jobs on one machine; the product is not
// locked, which is why every object is read again before it is written.
//
// The lock file stays: to remove it would let two others in, each with its own.
// Beside it lies a note of who holds the lock, since a locked file cannot be read
// on every system.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = p.Err // the path is said already
		}
		return nil, fmt.Errorf("the lock cannot be taken in %s: %w", dir, err)
	}
	path := filepath.Join(dir, "lock")
	note := filepath.Join(dir, "lock.holder")
	l := flock.New(path)
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the lock cannot be taken: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("another apply is running here%s and holds %s; wait until it has ended, or end it", holder(note), path)
	}
	if err := os.WriteFile(note, []byte(me()), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("the lock cannot be taken: %w", err), l.Unlock())
	}
	return func() {
		// Both end with the process in any case, and a stale note is never read
		// while nobody holds the lock: there is nothing to do about an error here.
		_ = os.Remove(note)
		_ = l.Unlock()
	}, nil
}

func me() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("process %d on %s\n", os.Getpid(), host)
}

// holder returns who wrote the note, in brackets; "" where it cannot be read, as
// in the moment between taking the lock and writing it.
func holder(note string) string {
	b, err := os.ReadFile(note)
	if who := strings.TrimSpace(string(b)); err == nil && who != "" {
		return " (" + who + ")"
	}
	return ""
}
