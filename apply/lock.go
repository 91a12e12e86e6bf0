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

// Lock keeps a second apply from planning and writing for the same tenant until unlock is
// called or the process ends. dir is the folder for the locks of all tenants of the operating
// system's user; name is a file name without an extension, equal for all runs for the tenant;
// tenant names the tenant in errors. Runs on other machines are not locked out, which is one
// reason why every object is read again before it is written.
//
// The lock file is never removed: otherwise two processes could hold a lock, each on its own
// file. A second file names the process that holds the lock, because some systems do not let
// others read a locked file.
func Lock(dir, name, tenant string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = p.Err // the message below has the path
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
		// An error can be ignored: the lock ends with the process, and the note is read only
		// while the lock is held.
		_ = os.Remove(note)
		_ = l.Unlock()
	}, nil
}

// ErrLocked says that another apply is running for the tenant.
var ErrLocked = errors.New("another apply is running")

// me describes this process. The directory helps a colleague to find the run.
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

// holder returns the content of the note in parentheses, or "" if it cannot be read, as right
// after the lock was taken.
func holder(note string) string {
	b, err := os.ReadFile(note)
	if who := strings.TrimSpace(string(b)); err == nil && who != "" {
		return " (" + who + ")"
	}
	return ""
}
