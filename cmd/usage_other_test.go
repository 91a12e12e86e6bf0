//go:build !unix

package cmd_test

import (
	"os"
	"time"
)

// peak is not known here.
func peak(*os.ProcessState) (int64, bool) { return 0, false }

// spent is not known here.
func spent() (time.Duration, bool) { return 0, false }
