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

// Lock keeps a second apply from planning and writing for the same tenant until
// unlock is called or the process ends. dir is the folder for the locks of all
// tenants, which belongs to the user of this machine; name is a file name without an
// extension, the same for every run about the tenant; tenant says for people what is
// locked. The product itself is not locked: runs on other machines are why every
// object is read again before it is written.
//
// The lock file stays: to remove it would let two others in, each with its own.
// Beside it is a note of who holds the lock, since a locked file cannot be read
// on every system.
func Lock(dir, name, tenant string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = p.Err // the path is said already
		}
		return nil, fmt.Errorf("cannot lock %s in %s: %w", tenant, dir, err)
	}
	path := filepath.Join(dir, name+".lock")
	note := filepath.Join(dir, name+".holder")
	l := flock.New(path, flock.SetPermissions(0o600))
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", tenant, err)
	}
	if !locked {
		return nil, fmt.Errorf("%w for %s%s and holds %s", ErrLocked, tenant, holder(note), path)
	}
	if err := os.WriteFile(note, []byte(me()), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot lock %s: %w", tenant, err), l.Unlock())
	}
	return func() {
		// Both end with the process in any case, and a stale note is never read
		// while nobody holds the lock: there is nothing to do about an error here.
		_ = os.Remove(note)
		_ = l.Unlock()
	}, nil
}

// ErrLocked says that another apply is at work for the tenant.
var ErrLocked = errors.New("another apply is running")

// me describes this process. The directory tells a colleague which run it is.
func me() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	who := fmt.Sprintf("process %d on %s", os.Getpid(), host)
	if dir, err := os.Getwd(); err == nil {
		who += ", started in " + dir
	}
	return who + "\n"
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
