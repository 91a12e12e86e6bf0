package cmd

import (
	"path/filepath"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

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

// inDirectory returns the arguments of a command that takes its directory as --dir.
func inDirectory(dir string, args ...string) []string {
	if filepath.Clean(dir) == "." {
		return args
	}
	return append([]string{"--dir", dir}, args...)
}
