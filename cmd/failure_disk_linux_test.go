package cmd_test

import (
	"syscall"
	"testing"
)

// smallDisk puts a disk of 64 KiB at the directory, where that is permitted.
func smallDisk(t *testing.T, dir string) (unmount func(), ok bool) {
	t.Helper()
	if syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k") != nil {
		return func() {}, false
	}
	mounted := true
	unmount = func() {
		if mounted {
			mounted = false
			if err := syscall.Unmount(dir, 0); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(unmount)
	return unmount, true
}
