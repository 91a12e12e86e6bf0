package provider

import (
	"io/fs"
	"path"
)

// StarterFiles returns the files of the folder starter by name, for Provider.Starter. It is
// called with an embed.FS, and panics if that has no such folder.
func StarterFiles(files fs.FS) map[string]string {
	out := map[string]string{}
	names, err := fs.Glob(files, "starter/*")
	for _, name := range names {
		var text []byte
		if text, err = fs.ReadFile(files, name); err != nil {
			break
		}
		out[path.Base(name)] = string(text)
	}
	if err != nil || len(out) == 0 {
		panic("provider: the starter files cannot be read")
	}
	return out
}
