// Package writer writes live objects as the HCL and CSV files that declare them, in the layout of
// rolecall fmt. It is pure: it has no product, network, clock or file system.
//
// writer.go divides the work into steps: declarable.go leaves out what no file can declare,
// short_form.go puts objects into the blocks of others, roster.go finds long lists of similar objects
// and roster_write.go writes them, labels.go names blocks, sets.go names sets that several objects
// share, and block.go and values.go write.
package writer

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// DefaultRosterAbove is the number of similar objects above which they are written as a CSV file
// and one block.
const DefaultRosterAbove = 20

// Input is what is written for one tenant.
type Input struct {
	Tenant *schema.Tenant // what files declare already
	// Objects are the live objects to declare, by kind, with all their attributes. Those of
	// Kind.Virtual are made.
	Objects     map[string][]schema.Object
	Existing    Existing
	Excluded    map[schema.Address]string // objects not to declare, with what completes "<object>: "
	Secret      func(string) bool         // whether no file may have the text; nil allows all
	Several     bool                      // the files have other provider blocks, so every block names its own
	RosterAbove int                       // more similar objects than this are written as CSV; at least 1
}

// Existing are the blocks of the files.
type Existing struct {
	Labels     map[string]map[string]bool      // by kind; several labels of a block are joined by "\x00"
	References map[string]map[string]Reference // by kind and key
	Comments   map[string]bool                 // lines that begin with CommentIndent, without space at their ends
}

// CommentIndent begins a line about an object that is not declared.
const CommentIndent = "#   "

// A Reference is how an expression names a declared object.
type Reference struct {
	Kind, Label string
	Key         string // each.key; empty without for_each
}

// A Skipped is a live object that is not declared.
type Skipped struct {
	Object *schema.Object
	Why    string // completes "<object>: "
	// Ignore: the manage block of the kind has to ignore the object. Otherwise rolecall
	// would remove it as soon as the kind is authoritative.
	Ignore bool
}

// Result says what was written.
type Result struct {
	Declared map[string]int // objects by kind, those of virtual kinds included
	Skipped  []Skipped
}

// Write writes one HCL file for each kind with objects, and the CSV files of rosters. It calls
// open with a name such as "users.hcl", which returns the file and its real name.
func Write(in Input, open func(name string) (io.Writer, string)) (Result, error) {
	w := &writer{
		Input: in, product: in.Tenant.Product, open: open, referenced: map[string]bool{}, expressed: map[string]bool{},
		labels: map[string]map[string]bool{}, refs: map[string]map[string]Reference{}, omitted: map[*schema.Object][]string{},
		result: Result{Declared: map[string]int{}},
	}
	for _, k := range w.product.Kinds {
		for _, name := range k.References() {
			w.referenced[name] = true
		}
		for i := range k.Attributes {
			a := &k.Attributes[i]
			if a.Via != "" {
				w.referenced[a.Via] = true
			}
			if !a.Is(schema.Label) {
				w.expressed[a.Via] = true
				for _, name := range a.Kinds {
					w.expressed[name] = true
				}
			}
		}
	}
	var files []*kindFile
	for _, k := range w.product.Kinds { // a kind comes after those that it refers to
		if !k.Virtual {
			files = append(files, w.prepare(k, in.Objects[k.Name]))
		}
	}
	for _, parents := range files {
		for _, children := range files {
			w.useShortForm(parents, children)
		}
	}
	for _, f := range files {
		w.label(f)
	}
	files = append(files, w.nameSets(files)...)
	for _, f := range files {
		if err := w.write(f); err != nil {
			return Result{}, err
		}
	}
	return w.result, nil
}

// A writer writes the objects of one tenant.
type writer struct {
	Input
	product    *schema.Product
	open       func(string) (io.Writer, string)
	referenced map[string]bool                 // kinds that others refer to
	expressed  map[string]bool                 // those of them to which expressions refer, not only labels
	labels     map[string]map[string]bool      // of blocks, by kind, as in Existing
	refs       map[string]map[string]Reference // by kind and key
	sets       map[string]map[string]string    // label of the virtual object, by kind and setText
	left       map[string]map[string]bool      // keys of skipped objects that are ignored, by kind
	omitted    map[*schema.Object][]string     // sentences about attributes that no file can set
	result     Result
}

// A kindFile is what is written about one kind.
type kindFile struct {
	kind    *schema.Kind
	entries []entry // until they are blocks and rosters
	blocks  []entry
	rosters []roster
	skipped []Skipped
}

// An entry is one object with the labels of its block.
type entry struct {
	object *schema.Object
	labels []string
	shape  schema.Mask // attributes that are written
	own    schema.Mask // the shape without the columns of a roster
}

// prepare decides which objects of a kind are written.
func (w *writer) prepare(k *schema.Kind, objects []schema.Object) *kindFile {
	f := &kindFile{kind: k}
	f.entries = w.declarable(f, objects)
	w.result.Declared[k.Name] += len(f.entries)
	w.result.Skipped = append(w.result.Skipped, f.skipped...)
	return f
}

// label divides the objects of a kind into blocks and rosters with labels.
func (w *writer) label(f *kindFile) {
	f.blocks, f.rosters = w.rosters(f.kind, f.entries)
	f.entries = nil
	w.labelBlocks(f.kind, f.blocks)
	for i := range f.rosters {
		w.labelRoster(f.kind, &f.rosters[i], len(f.rosters) > 1)
	}
}

// FileName returns the name of the file of a kind, without its ending: "users".
func FileName(k *schema.Kind) string {
	if name := k.Many(); !strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' }) {
		return name
	}
	return k.Name + "s"
}

func (w *writer) write(f *kindFile) error {
	comments := w.comments(f.skipped)
	if len(f.blocks)+len(f.rosters)+len(comments) == 0 {
		return nil
	}
	file, _ := w.open(FileName(f.kind) + ".hcl")
	out := &blockWriter{Writer: bufio.NewWriter(file)}
	for i := range f.rosters {
		if err := w.writeRoster(out, f.kind, &f.rosters[i]); err != nil {
			return err
		}
	}
	for i := range f.blocks {
		w.writeBlock(out, f.kind, &f.blocks[i])
	}
	if len(comments) > 0 {
		out.next()
		fmt.Fprintf(out, "# Not declared:\n%s\n", strings.Join(comments, "\n"))
	}
	return out.Flush()
}

// comments returns the lines about objects that are not declared, without those that the files have.
func (w *writer) comments(skipped []Skipped) []string {
	var out []string
	for _, s := range skipped {
		name := text.Clean(fmt.Sprintf("%q", s.Object.Addr.Key))
		if w.secret(s.Object.Addr.Key) {
			name = "with a name that is not shown"
		}
		line := fmt.Sprintf("%s%s %s: %s", CommentIndent, s.Object.Kind.Name, name, oneLine(s.Why))
		if !w.Existing.Comments[line] {
			out = append(out, line)
		}
	}
	return out
}

// oneLine makes a sentence safe in a comment.
func oneLine(s string) string { return text.Clean(strings.ReplaceAll(strings.TrimSpace(s), "\n", " ")) }

// sorted returns the objects in the order of their keys.
func sorted(objects []schema.Object) []*schema.Object {
	out := make([]*schema.Object, len(objects))
	for i := range objects {
		out[i] = &objects[i]
	}
	slices.SortFunc(out, func(a, b *schema.Object) int { return strings.Compare(a.Addr.Key, b.Addr.Key) })
	return out
}
