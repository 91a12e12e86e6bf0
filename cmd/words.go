package cmd

import "github.com/rolecall-dev/rolecall/provider/schema/text"

// commandLine returns a command of rolecall to paste, without an argument for the current
// directory.
func commandLine(command string, args ...string) string {
	line := "rolecall " + command
	for _, a := range args {
		if a != "" && a != "." {
			line += " " + text.ShellWord(a)
		}
	}
	return line
}
