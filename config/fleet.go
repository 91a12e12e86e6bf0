package config

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Fleet is what a fleet file says: which tenants there are, and what each of them is configured by.
type Fleet struct {
	Path    string        // of the fleet file, as given
	Files   []string      // that were read, by path: the fleet file and the files that its expressions name
	Tenants []FleetTenant // in the order of the file, those of a for_each in the order of their keys
	Waves   int           // the last wave; 1 if no tenant has one
}

// A FleetTenant is one tenant of a fleet: a configuration with the values of its variables. No two of a
// fleet are the same configuration with the same values.
type FleetTenant struct {
	Name          string            // ASCII letters, digits, dots, dashes and underscores; no two differ in case only
	Directory     string            // of the configuration; relative to the working directory if the path of the fleet file is
	VariablesFile string            // likewise; empty if there is none
	Variables     map[string]string // values by name, as --var takes them
	Wave          int               // from 1; tenants for which the file gives none have the last one
	Pos           schema.Pos        // of its block

	// RealDirectory and RealFile are the absolute paths of Directory and VariablesFile without links.
	// They are empty if the fleet file is that of a commit.
	RealDirectory, RealFile string

	at  hcl.Range // of its block or for_each
	row *rowQuery // the row of its for_each; nil without
}

// Own reports whether the tenant is configured by its directory alone. Others may share theirs.
func (t *FleetTenant) Own() bool { return t.VariablesFile == "" && len(t.Variables) == 0 }

// Inputs are the values of the tenant's variables, the stronger later.
func (t *FleetTenant) Inputs() []Input {
	var out []Input
	if t.VariablesFile != "" {
		out = append(out, Input{File: t.VariablesFile})
	}
	for _, name := range slices.Sorted(maps.Keys(t.Variables)) {
		out = append(out, Input{Var: name + "=" + t.Variables[name]})
	}
	return out
}

// LoadFleet reads a fleet file: its tenant blocks and locals blocks. Expressions read files as those of a
// configuration in the directory of the fleet file do. It reads no file of a tenant, and so needs
// no more time for tenants with many files. Of the options, Products, Environ, Budget and Commit count. With a
// commit, directories and files of variables are not looked for.
//
// The Fleet is complete only if the diagnostics have no error.
func LoadFleet(path string, o Options) (*Fleet, hcl.Diagnostics) {
	w := startWatch(o.Budget)
	defer w.end()
	dir, name := filepath.Split(filepath.Clean(path))
	l := newLoader(filepath.Clean(dir), Options{Products: o.Products, Environ: o.Environ, Commit: o.Commit}, w)
	defer l.directory.tree.Close()
	r := &fleetReader{loader: l, fleet: &Fleet{Path: path}, commit: o.Commit != nil}
	r.read(name)
	for _, file := range slices.Sorted(maps.Keys(l.evaluator.reader.results)) {
		r.fleet.Files = append(r.fleet.Files, filepath.Join(l.directory.dir, filepath.FromSlash(file)))
	}
	return r.fleet, l.finish()
}

// A fleetReader reads one fleet file.
type fleetReader struct {
	*loader
	fleet  *Fleet
	commit bool // the file is that of a commit
}

func (r *fleetReader) read(name string) {
	if r.directory.noTree != nil {
		r.report(unreadableDir(r.directory.dir, "", r.directory.noTree))
		return
	}
	path := filepath.Join(r.directory.dir, name)
	s := &source{tree: r.directory.tree, name: name, path: path}
	s.read()
	s.parse()
	r.directory.sources, r.fleet.Files = []*source{s}, []string{path}
	if r.report(s.diags...); s.broken {
		return
	}
	for _, b := range r.declarer.take("locals", 0, 0) {
		r.declarer.declareLocals(b)
	}
	blocks := r.declarer.take("tenant", 1, 1)
	r.rest(s)
	r.evaluator.values = cty.EmptyObjectVal
	for _, name := range r.declarer.localNames() {
		r.evaluator.localIn(nil, name, r.declarer.locals[name].attr.NameRange)
	}
	for _, b := range blocks {
		r.tenants(b)
	}
	if len(r.fleet.Tenants) == 0 && !r.diags.HasErrors() {
		r.report(problem("fleet/no-tenants", nil, "The fleet has no tenants",
			"%s declares none. Write:\n  tenant \"NAME\" {\n    directory = \"…\"\n  }", path))
	}
	r.waves()
	r.check()
}

// rest reports what does not belong in a fleet file.
func (r *fleetReader) rest(s *source) {
	unknown := func(name string, at hcl.Range) {
		hint := suggestion(name, []string{"tenant", "locals"})
		if slices.Contains(fixedBlocks, name) || slices.ContainsFunc(r.declarer.products, func(p *schema.Product) bool { return p.Kind(name) != nil }) {
			hint = " It belongs in the files of a tenant's directory."
		}
		r.report(problem(codeUnknownBlock, &at, "Unknown block type "+quoted(name), "A fleet file has only tenant and locals blocks.%s", hint))
	}
	for _, body := range s.native {
		for _, b := range body.Blocks {
			if b.Type != "tenant" && b.Type != "locals" {
				unknown(b.Type, b.TypeRange)
			}
		}
		for _, a := range body.Attributes {
			r.report(problem("config/outside-block", a.NameRange.Ptr(), "Attribute outside a block",
				"%q is outside of every block. Attributes belong in a tenant block; named values belong in locals { }.", a.Name))
		}
	}
	if s.rest != nil {
		left, diags := s.rest.JustAttributes()
		r.report(diags...)
		for _, name := range slices.Sorted(maps.Keys(left)) {
			unknown(name, left[name].NameRange)
		}
	}
}

// waves gives the tenants without a wave the last one.
func (r *fleetReader) waves() {
	last, open := 0, false
	for i := range r.fleet.Tenants {
		last = max(last, r.fleet.Tenants[i].Wave)
		open = open || r.fleet.Tenants[i].Wave == 0
	}
	if open {
		last++
	}
	for i := range r.fleet.Tenants {
		if t := &r.fleet.Tenants[i]; t.Wave == 0 {
			t.Wave = last
		}
	}
	r.fleet.Waves = last
}
