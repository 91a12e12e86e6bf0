// Command rolecall is access as code for SaaS products.
package main

import (
	"os"

	"github.com/rolecall-dev/rolecall/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], cmd.System())) }
