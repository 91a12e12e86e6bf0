package config

import (
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// A loader loads one directory once. Each of its parts does one step; what a step reports
// goes to the reporter. Everything in it, the syntax trees above all, is released when
// Load returns.
type loader struct {
	*reporter
	directory *directory
	variables *variableReader
	declarer  *declarer
	evaluator *evaluator
	deferral  *deferral
}

func newLoader(dir string, o Options, w *watch) *loader {
	files, err := opener(o.Commit)(dir, o.Root, o.Environ)
	if err == nil {
		files.Change(o.Changed)
	}
	reader := newExpressionFiles(files)
	r := &reporter{guesses: 4_000_000}
	blocks, attributes := blockReader{r, o.Products}, attributeReader{r, w}
	all := &declarations{
		reporter: r, blockReader: blocks,
		variables: map[string]*variable{}, locals: map[string]*local{}, unresolvedBlocks: map[string]bool{}, checked: map[string]hcl.Range{},
	}
	d := &deferral{reporter: r}
	l := &loader{
		reporter:  r,
		directory: &directory{reporter: r, dir: dir, root: o.Root, tree: files, noTree: err, changed: o.Changed},
		deferral:  d,
		evaluator: &evaluator{reporter: r, declarations: all, attributeReader: attributes, deferral: d, reader: reader, functions: reader.functions(), now: o.Now},
	}
	l.variables = &variableReader{reporter: r, declarations: all, directory: l.directory, options: o, watch: w}
	l.declarer = &declarer{reporter: r, declarations: all, attributeReader: attributes, directory: l.directory, version: o.Version}
	return l
}

// load goes through the steps.
func (l *loader) load() {
	l.directory.read(l.deferral)
	if len(l.directory.sources) == 0 || l.deferral.failed {
		return
	}
	defer l.evaluator.watch.duringAll()()
	all := l.declarer.declarations
	l.declarer.declare()
	if l.deferral.declare(all, l.directory.sources); l.deferral.failed {
		return
	}
	l.declarer.registerAll()
	if l.deferral.active && l.diags.HasErrors() {
		l.deferral.failed = true // the places of blocks that are not parsed are not complete
		return
	}
	l.evaluator.values = l.variables.evaluate()
	l.evaluator.evaluate()
	for _, t := range l.evaluator.tenants {
		link := &linker{reporter: l.reporter, tenant: t, data: len(l.evaluator.reader.data) > 0}
		link.link()
	}
}

// A reporter collects diagnostics.
type reporter struct {
	diags   hcl.Diagnostics
	guesses int // comparisons left for naming what may be meant
}

func (r *reporter) report(diags ...*hcl.Diagnostic) { r.diags = append(r.diags, diags...) }

// suggestion is the half-sentence meant for a name that n others may be meant by. Comparing
// is costly with many names, so a directory with thousands of mistakes gets no more
// suggestions at some point.
func (r *reporter) suggestion(name string, n int, candidates func() []string) string {
	if r.guesses -= n; r.guesses < 0 {
		return ""
	}
	return suggestion(name, candidates())
}

// Declarations are what the blocks of a directory declare.
type declarations struct {
	*reporter
	blockReader
	tenants          []*tenant
	variables        map[string]*variable
	locals           map[string]*local
	removed          []*hcl.Block
	accepted         []*hcl.Block
	checks           []*hcl.Block
	checked          map[string]hcl.Range // names of checks, with their blocks
	resources        []*resource          // in file order
	unresolvedBlocks map[string]bool      // whose tenant is not known, by how they are referred to
	unknownProduct   bool                 // a provider block names no known product, so its kinds are not known either
}

// fork returns the same declarations with a reporter of their own, for use beside others.
func (d *declarations) fork() *declarations {
	out := *d
	out.reporter = &reporter{guesses: d.guesses}
	out.blockReader.reporter = out.reporter
	return &out
}

// An evaluator gives expressions their values and makes the objects of blocks.
type evaluator struct {
	*reporter
	*declarations
	attributeReader
	*deferral
	reader    *expressionFiles // of files for expressions
	functions map[string]function.Function
	values    cty.Value // the object behind "var"
	path      []*node   // being evaluated, outermost first
	reaching  int       // calls of reaches that have not returned
	now       time.Time // Options.Now
}

// config collects what was loaded.
func (l *loader) config() *Config {
	o := &l.variables.options
	c := &Config{
		Dir: l.directory.dir, Files: l.directory.files, Uncommitted: l.variables.uncommitted, data: l.evaluator.reader,
		files: Reader{Root: l.directory.root, Environ: o.Environ, Commit: o.Commit},
	}
	for _, t := range l.evaluator.tenants {
		c.Tenants, c.origins = append(c.Tenants, t.Tenant), append(c.origins, t.origins)
		if l.variables.options.Blocks {
			c.Blocks = append(c.Blocks, t.blocks())
		}
	}
	return c
}

// finish drops what only follows from a file that could not be parsed, and sorts
// the diagnostics by place.
func (l *loader) finish() hcl.Diagnostics {
	broken := map[string]bool{}
	for _, s := range l.directory.sources {
		if s.broken {
			broken[s.path] = true
		}
	}
	// An unknown value comes from another mistake, and only that one should be reported.
	cause := slices.ContainsFunc(l.diags, func(d *hcl.Diagnostic) bool {
		return d.Severity == hcl.DiagError && Code(d) != codeUnknownValue
	})
	var out hcl.Diagnostics
	seen := map[string]bool{}
	for _, d := range l.diags {
		if len(broken) > 0 && l.follows(d, broken) || cause && Code(d) == codeUnknownValue {
			continue
		}
		text := subjectOf(d).String() + d.Summary + d.Detail
		if !seen[text] {
			seen[text] = true
			out = append(out, d)
		}
	}
	l.evaluator.reader.nameRows(out)
	slices.SortStableFunc(out, func(a, b *hcl.Diagnostic) int { return comparePlaces(subjectOf(a), subjectOf(b)) })
	return out
}

// follows reports whether the diagnostic may be there only because a file is
// broken: it is about that file's contents, or misses what may be declared in it.
func (l *loader) follows(d *hcl.Diagnostic, broken map[string]bool) bool {
	switch Code(d) {
	case codeMissingProvider, codeUndeclared, codeUnknownBlock:
		return true
	case codeUnknownName:
		return len(l.evaluator.tenants) == 0
	}
	if d.Subject == nil || !broken[d.Subject.Filename] {
		return false
	}
	e, _ := d.Extra.(extra)
	return !e.syntax
}

// someBlocks are blocks, or members of for_each, that are worth a goroutine.
const someBlocks = 256

// parallelChunks does n things on all processors, each of them the things of one range
// with enough to do, and returns what came out in the order of the things.
func parallelChunks[T any](n, enough int, do func(from, to int) []T) []T {
	parts := max(1, min(runtime.GOMAXPROCS(0), n/enough))
	out := make([][]T, parts)
	var g sync.WaitGroup
	for p := range parts {
		g.Go(func() { out[p] = do(p*n/parts, (p+1)*n/parts) })
	}
	g.Wait()
	return slices.Concat(out...)
}
