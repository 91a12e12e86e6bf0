package cmd

import (
	"path/filepath"
	"slices"

	"github.com/rolecall-dev/rolecall/apply/datadir"
)

// dataDir is the folder beside the configuration in which rolecall keeps journals,
// the lock, and the data of embedded emulators.
const dataDir = ".rolecall"

// journalDir is the folder in it for journals.
const journalDir = "journal"

// tenantsDir is the folder in it with a folder for each tenant of a fleet that may share the configuration
// with others.
const tenantsDir = "tenants"

// dataPath is where the data of the configuration in dir is: a directory that exists, and the names of the folders
// below it.
func (f *Factory) dataPath(dir string) (base string, names []string) {
	switch t := f.tenant; {
	case t == nil, t.data == "" && t.Own():
		return dir, []string{dataDir}
	case t.data == "":
		return dir, []string{dataDir, tenantsDir, t.Name}
	default:
		return t.data, []string{t.Name}
	}
}

// openData opens a folder in the data of the configuration in dir, as datadir.Open does.
func (f *Factory) openData(dir string, create bool, names ...string) (*datadir.Dir, error) {
	base, path := f.dataPath(dir)
	return datadir.Open(base, create, append(path, names...)...)
}

// dataFile returns the path of a file in the data of the configuration in dir.
func (f *Factory) dataFile(dir, name string) string {
	base, path := f.dataPath(dir)
	return filepath.Join(slices.Concat([]string{base}, path, []string{name})...)
}
