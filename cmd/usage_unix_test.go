//go:build unix

package cmd_test

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// peak is the largest resident size that an ended process had, in bytes.
func peak(p *os.ProcessState) (int64, bool) {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, false
	}
	unit := int64(1024)
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return int64(u.Maxrss) * unit, true
}

// spent is the processor time of this process so far.
func spent() (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
