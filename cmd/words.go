package cmd

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// shellWord quotes an argument for a command line to paste.
func shellWord(arg string) string {
	arg = text.Clean(arg)
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 127 || strings.ContainsRune("-_./:@%+,=\\", r)
	}
	if arg != "" && !strings.ContainsFunc(arg, func(r rune) bool { return !plain(r) }) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// commandLine returns a command of rolecall to paste, without an argument for the current
// directory.
func commandLine(command string, args ...string) string {
	line := "rolecall " + command
	for _, a := range args {
		if a != "" && a != "." {
			line += " " + shellWord(a)
		}
	}
	return line
}
