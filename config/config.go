// Package config turns the HCL files of one directory into desired objects. It
// knows no product and no network: what blocks may be written comes in as
// schema.Products.
//
// The way of a file: source.go reads it and parse.go parses it, declarer.go sorts its blocks,
// variables.go and provider_block.go evaluate those that others need, evaluate_blocks.go
// evaluates the others in the order of references (scope.go, evaluation_order.go), decode.go
// and declared_values.go bring values into the form of the attribute table, object_rules.go
// checks each object, and linker.go compares the objects with each other. loader.go goes
// through these steps.
//
// Two fast paths change no result: in large directories blocks are parsed when they are
// evaluated (large_directory.go and pieces.go), and for_each takes the rows of a CSV file
// without an expression (for_each_csv.go).
package config

import (
	"cmp"
	"path/filepath"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Options say how a directory is read.
type Options struct {
	Products []*schema.Product
	Inputs   []Input  // --var and --var-file, in the order of the command line
	Environ  []string // as os.Environ; ROLECALL_VAR_name is read, and no file that a variable *_FILE names
	Root     string   // the directory below which files may be read; empty means the configuration's own. Files of Inputs may be anywhere
	Budget   Budget   // what evaluation may take
	Version  string   // of rolecall, for required_version; empty means not checked
	Blocks   bool     // whether Config.Blocks is wanted
	// Now decides which blocks have expired. Files with a block that expires must not be loaded without it.
	Now time.Time
	// Commit is the commit whose files are read instead of those on the disk; nil means the disk.
	Commit Commit
	// Changed has the bytes that are read in place of those of files, by absolute path without links.
	// A file of the directory may be new.
	Changed map[string][]byte
}

// A Commit has the files of a commit of a git repository.
type Commit interface {
	// Open opens a directory as filetree.Open does. One that is not in the repository is
	// filetree.ErrOutside, and one that the commit does not have is fs.ErrNotExist.
	Open(dir, root string, environ []string) (*filetree.Tree, error)
}

// opener returns what opens trees.
func opener(c Commit) filetree.Opener {
	if c == nil {
		return filetree.Open
	}
	return c.Open
}

// An Input is one --var or one --var-file. Exactly one of the two is set.
type Input struct {
	Var  string // name=value
	File string
}

// A Config is what the files of one directory say.
type Config struct {
	Dir     string
	Files   []string         // that were read, variable files included, in the order of reading
	Tenants []*schema.Tenant // in file order; diagnostics say if there is none
	Blocks  [][]Block        // of Tenants, if Options.Blocks is set
	// Uncommitted are the files of Options.Inputs that are in the repository of Options.Commit and
	// that the commit does not have. They were read from the disk.
	Uncommitted []string

	origins [][]origin       // of the objects of Tenants, and then of those that have expired
	data    *expressionFiles // of data files
	files   Reader           // of Files
}

// Load reads a directory: its *.hcl and *.hcl.json files, not those of folders
// below it. The Config is complete only if the diagnostics have no error. All
// diagnostics of all files are returned, sorted by place; Code gives their codes.
//
// Values of variables come, the later winning, from their default, ROLECALL_VAR_x
// in the environment, *.auto.vars.hcl and *.auto.vars.hcl.json in the order of
// their names, and Options.Inputs.
func Load(dir string, o Options) (*Config, hcl.Diagnostics) {
	w := startWatch(o.Budget)
	defer w.end()
	l := newLoader(filepath.Clean(dir), o, w)
	if !l.loadDeferring() {
		l.directory.tree.Close()
		l = newLoader(l.directory.dir, o, w)
		l.load()
	}
	defer l.directory.tree.Close()
	return l.config(), l.finish()
}

func subjectOf(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil {
		return hcl.Range{}
	}
	return *d.Subject
}

func comparePlaces(a, b hcl.Range) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Start.Line, b.Start.Line),
		cmp.Compare(a.Start.Column, b.Start.Column))
}
