package cmd

import (
	"path/filepath"

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

// dataPath is the path, below a configuration, of the folder with its data.
func (f *Factory) dataPath() []string {
	if f.tenant == nil || f.tenant.Own() {
		return []string{dataDir}
	}
	return []string{dataDir, tenantsDir, f.tenant.Name}
}

// openData opens a folder in the data of the configuration in dir, as datadir.Open does.
func (f *Factory) openData(dir string, create bool, names ...string) (*datadir.Dir, error) {
	return datadir.Open(dir, create, append(f.dataPath(), names...)...)
}

// dataFile returns the path of a file in the data of the configuration in dir.
func (f *Factory) dataFile(dir, name string) string {
	return filepath.Join(append(append([]string{dir}, f.dataPath()...), name)...)
}
