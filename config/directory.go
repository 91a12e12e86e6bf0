package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A directory is the one that is loaded, with its files.
type directory struct {
	*reporter
	dir     string
	root    string         // below which files may be read, as given
	tree    *filetree.Tree // what may be read; nil if the directory cannot be opened
	noTree  error          // why
	files   []string       // read so far
	auto    []string       // *.auto.vars.hcl
	sources []*source      // configuration files in the order of their names
	changed map[string][]byte
}

// read finds the files of the directory and parses them side by side.
func (d *directory) read(deferral *deferral) {
	entries, err := d.list()
	if err != nil {
		d.report(err)
		return
	}
	for _, e := range entries {
		path := filepath.Join(d.dir, e.Name())
		switch role := roleOf(e.Name()); {
		case role == otherFile || role == configuration && e.IsDir():
		case role == autoValues:
			d.auto = append(d.auto, path)
		case role == configuration:
			d.sources = append(d.sources, &source{tree: d.tree, name: e.Name(), path: path})
		}
	}
	for _, name := range d.added(entries) {
		d.sources = append(d.sources, &source{tree: d.tree, name: name, path: filepath.Join(d.dir, name)})
	}
	slices.SortFunc(d.sources, func(a, b *source) int { return strings.Compare(a.name, b.name) })
	if len(d.sources) == 0 {
		d.report(d.noFiles(entries))
		return
	}
	for _, e := range entries {
		if right := misnamedFile(e.Name()); right != "" && !e.IsDir() {
			d.report(warning(problem("config/file-name", nil, "File is not read because of its name",
				"%s is not part of the configuration. If it should be, rename it to %s.", filepath.Join(d.dir, e.Name()), right)))
		}
	}
	d.eachSource((*source).read)
	if deferral.begin(d.sources) {
		d.eachSource((*source).deferPieces)
	} else {
		d.eachSource((*source).parse)
	}
	for _, s := range d.sources {
		d.files = append(d.files, s.path)
		d.report(s.diags...)
		deferral.failed = deferral.failed || s.unclear
	}
}

// added lists the names of the configuration files of Options.Changed that the directory does not have.
func (d *directory) added(entries []fs.DirEntry) []string {
	var out []string
	for path := range d.changed {
		name := filepath.Base(path)
		if real, err := d.tree.Path("."); err != nil || filepath.Dir(path) != real || roleOf(name) != configuration {
			continue
		}
		if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name }) {
			out = append(out, name)
		}
	}
	return out
}

// list lists the directory.
func (d *directory) list() ([]fs.DirEntry, *hcl.Diagnostic) {
	if errors.Is(d.noTree, filetree.ErrOutside) {
		return nil, problem("config/root", nil, "Directory is not below --root",
			"%s is not below %s. --root names a directory that holds the configuration and the other files that it may read.", d.dir, d.root)
	}
	if d.noTree != nil {
		return nil, unreadableDir(d.dir, d.root, d.noTree)
	}
	entries, err := d.tree.Entries(".")
	if err != nil {
		return nil, unreadableDir(d.dir, "", err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// eachSource does something with all files, side by side.
func (d *directory) eachSource(do func(*source)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range d.sources {
		g.Go(func() error { do(s); return nil })
	}
	_ = g.Wait() // what goes wrong is in the source
}

// The purpose of a file in the directory, by its name.
const (
	otherFile = iota
	configuration
	autoValues // *.auto.vars.hcl: read without being asked for
)

func roleOf(name string) int {
	base := strings.TrimSuffix(name, ".json")
	switch {
	case strings.HasPrefix(name, "."), !strings.HasSuffix(base, ".hcl"):
		return otherFile
	case strings.HasSuffix(base, ".auto.vars.hcl"):
		return autoValues
	case strings.HasSuffix(base, ".vars.hcl"):
		return otherFile // read if --var-file names it
	}
	return configuration
}

func unreadableDir(dir, root string, err error) *hcl.Diagnostic {
	if info, statErr := os.Stat(dir); root != "" && statErr == nil && info.IsDir() {
		return problem("config/root", nil, "Directory of --root cannot be read", "%s: %s.", root, filetree.Cause(err))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return problem("config/no-directory", nil, "Directory does not exist",
			"There is no directory %q.%s Name the directory that holds your configuration; without a name, rolecall reads the current one.", dir, nearDirectory(dir))
	}
	if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
		hint := "Name the directory that holds it: rolecall reads all .hcl files in it together."
		if filepath.Ext(dir) == ".json" && !strings.HasSuffix(dir, ".hcl.json") {
			hint = fmt.Sprintf("Name the directory that holds your configuration. A saved plan is shown with \"rolecall show %s\".", dir)
		}
		return problem("config/no-directory", nil, "Not a directory", "%s is a file. %s", dir, hint)
	}
	return problem("config/no-directory", nil, "Directory cannot be read", "%s: %s.", dir, filetree.Cause(err))
}

// nearDirectory is the half-sentence that offers a directory beside one that does not exist.
func nearDirectory(dir string) string {
	parent := filepath.Dir(dir)
	entries, _ := os.ReadDir(parent) // if it cannot be read, none is offered
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if n := schema.Nearest(filepath.Base(dir), names); n != "" {
		return fmt.Sprintf(" Did you mean %s?", text.Clean(filepath.Join(parent, n)))
	}
	return ""
}
