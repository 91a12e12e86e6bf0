// Command rolecall is access as code for SaaS products.
package main

import (
	"os"
	"runtime/debug"

	"github.com/rolecall-dev/rolecall/cmd"
)

func main() {
	// Reading a large directory leaves much behind: collecting it half as often costs
	// a tenth of the memory and saves a fifth of the time (docs/performance.md).
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
	os.Exit(cmd.Main(os.Args[1:], cmd.System()))
}
