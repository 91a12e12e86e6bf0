package filetree

import (
	"os"
	"slices"
	"syscall"
)

// kernelFiles are the types of file systems whose files are answers of the kernel,
// some of them with secrets of this process: proc, sysfs, debugfs, tracefs,
// securityfs, configfs, cgroup and cgroup2, from linux/magic.h.
var kernelFiles = []int64{0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x62656570, 0x27e0eb, 0x63677270}

// madeByKernel reports whether a file looks like a regular one and is none. What
// cannot be found out counts as made by the kernel.
func madeByKernel(f *os.File) bool {
	c, err := f.SyscallConn()
	if err != nil {
		return true
	}
	made := true
	if err := c.Control(func(fd uintptr) {
		var s syscall.Statfs_t
		if syscall.Fstatfs(int(fd), &s) == nil {
			made = slices.Contains(kernelFiles, int64(s.Type))
		}
	}); err != nil {
		return true
	}
	return made
}
