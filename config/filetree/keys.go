package filetree

import (
	"io/fs"
	"os"
	"slices"
	"strings"
)

// A keyFile is a file that an environment variable names as the place of a secret.
type keyFile struct {
	variable string
	info     fs.FileInfo
}

// secretWords are in the names of variables that hold a secret or the path of one, such as
// GOOGLE_APPLICATION_CREDENTIALS, SSH_PRIVATE_KEY_PATH and KUBECONFIG.
var secretWords = []string{"_FILE", "CRED", "KEY", "TOKEN", "SECRET", "PASS", "AUTH", "NETRC", "CONFIG"}

// VariablePrefix begins the names of environment variables that give a variable of a
// configuration its value.
const VariablePrefix = "ROLECALL_VAR_"

// keyPaths calls f with the variables that have a secret word in their names and hold a text that may
// be a path, whatever program they are for, but for variables of a configuration.
func keyPaths(environ []string, f func(variable, path string)) {
	for _, pair := range environ {
		name, path, _ := strings.Cut(pair, "=")
		about := func(word string) bool { return strings.Contains(strings.ToUpper(name), word) }
		if path != "" && !strings.HasPrefix(name, VariablePrefix) && slices.ContainsFunc(secretWords, about) {
			f(name, path)
		}
	}
}

// keyFiles lists the files whose paths keyPaths gives.
func keyFiles(environ []string) []keyFile {
	var out []keyFile
	keyPaths(environ, func(name, path string) {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			out = append(out, keyFile{name, info})
		}
	})
	return out
}
