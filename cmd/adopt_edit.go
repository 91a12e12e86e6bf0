package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// adoptFiles are the files of one attempt, by path.
type adoptFiles struct {
	a        *adopting
	existing []writer.Existing // by tenant
	keys     []map[writer.Reference]string
	words    []*writer.Expressions
	files    editedFiles
}

func (a *adopting) newFiles() (*adoptFiles, error) {
	existing, err := existingBlocks(a.before, a.options.dir)
	if err != nil {
		return nil, err
	}
	s := &adoptFiles{a: a, existing: existing, files: editedFiles{}}
	for i, t := range a.before.Tenants {
		keys := map[writer.Reference]string{}
		for _, references := range existing[i].References {
			for key, r := range references {
				keys[r] = key
			}
		}
		s.keys = append(s.keys, keys)
		s.words = append(s.words, writer.NewExpressions(writer.Input{Tenant: t, Existing: existing[i]}))
	}
	return s, nil
}

func refusef(place, wanted, format string, args ...any) *refusal {
	return &refusal{place, fmt.Sprintf(format, args...), wanted}
}

func placeOf(path string, line int) string { return fmt.Sprintf("%s:%d", path, line) }

// open returns an HCL file that may be changed.
func (s *adoptFiles) open(path string) (*editedFile, *refusal) {
	return s.files.open(s.a.c.reader, path, "adopt")
}

// language says what the expressions of an attribute mean.
func (s *adoptFiles) language(tenant int, at *schema.Attribute) splice.Language {
	keys, words, t := s.keys[tenant], s.words[tenant], s.a.before.Tenants[tenant]
	reference := func(e hclsyntax.Expression) (writer.Reference, string, bool) {
		r, ok := referenceOf(e)
		if !ok {
			return r, "", false
		}
		key, known := keys[r]
		return r, key, known
	}
	return splice.Language{
		Kinds: at.EntryKinds(),
		Text: func(e hclsyntax.Expression) (string, bool) {
			if text, ok := splice.Literal(e); ok {
				return at.Form(text), true
			}
			_, key, ok := reference(e)
			return key, ok
		},
		Set: func(e hclsyntax.Expression) ([]string, bool) {
			r, key, ok := reference(e)
			if !ok || r.Kind != at.Via {
				return nil, false
			}
			o := declaredObject(t, schema.Address{Provider: t.Name, Kind: r.Kind, Key: key})
			if o == nil {
				return nil, false
			}
			for i := range o.Kind.Attributes {
				if b := &o.Kind.Attributes[i]; b.Type == schema.TypeSet && o.Set.Has(i) {
					return b.Texts(o.Body), true
				}
			}
			return nil, false
		},
		Write:    func(text string) string { return words.Text(at, text) },
		WriteSet: func(set []string) string { return words.Set(at, set) },
	}
}

// referenceOf returns the block that an expression such as role.clerk or user["ana"] names.
func referenceOf(e hclsyntax.Expression) (writer.Reference, bool) {
	traversal, diags := hcl.AbsTraversalForExpr(e)
	if diags.HasErrors() || len(traversal) < 2 || len(traversal) > 3 {
		return writer.Reference{}, false
	}
	r := writer.Reference{Kind: traversal.RootName()}
	for i, step := range traversal[1:] {
		name := ""
		switch step := step.(type) {
		case hcl.TraverseAttr:
			name = step.Name
		case hcl.TraverseIndex:
			if step.Key.Type().FriendlyName() != "string" {
				return r, false
			}
			name = step.Key.AsString()
		}
		if i == 0 {
			r.Label = name
		} else {
			r.Key = name
		}
	}
	return r, true
}

// edit adds the edits of one difference about a declared object and what follows it.
func (s *adoptFiles) edit(ctx context.Context, x *adoption) *refusal {
	if no := s.editObject(ctx, x); no != nil {
		return no
	}
	return s.editFollowers(x)
}

func (s *adoptFiles) editObject(ctx context.Context, x *adoption) *refusal {
	t := s.a.before.Tenants[x.tenant]
	said := declaredObject(t, x.difference.Addr)
	if said == nil || said.Pos.File == "" {
		return refusef("", "", "no place in a file is known for it")
	}
	file, no := s.open(said.Pos.File)
	if no != nil {
		return no
	}
	place := placeOf(said.Pos.File, said.Pos.Line)
	block := file.parsed.Block(said.Pos.Line, said.Pos.Column)
	if block == nil {
		return s.editEntry(x, said, file, place)
	}
	if block.Type != said.Kind.Name {
		return s.inRow(x, said, refusef(place, s.wanted(x, said), "declares it by an expression"))
	}
	if each := block.Body.Attributes["for_each"]; each != nil {
		row, no := s.rowOf(said, block)
		if no != nil {
			return no
		}
		if row != nil {
			return s.editRow(ctx, x, said, row)
		}
		return refusef(placeOf(said.Pos.File, each.SrcRange.Start.Line), s.wanted(x, said), "declares it with for_each")
	}
	if x.live == nil {
		file.remove(block)
		return nil
	}
	want, no := s.declared(ctx, x)
	if no != nil {
		return no
	}
	if line := x.inactiveLine(); line != "" {
		name, value, _ := strings.Cut(line, " = ")
		file.edits = append(file.edits, file.parsed.Set(block, name, value)...)
		return nil
	}
	return s.editBlock(x, said, want, file, block)
}

// inRow names the row of a data file that an expression takes the object from, if there is one.
func (s *adoptFiles) inRow(x *adoption, said *schema.Object, no *refusal) *refusal {
	row := []schema.Finding{{Addr: said.Addr, Pos: said.Pos}}
	if s.a.before.LocateRows(row); len(row[0].Rows) == 1 {
		at := row[0].Rows[0]
		no.why += ", from the row at " + placeOf(s.a.inDirectory(at.File), at.Line)
	}
	return no
}

// declared returns the live object in the form of the files.
func (s *adoptFiles) declared(ctx context.Context, x *adoption) (*schema.Object, *refusal) {
	d, ok := s.a.c.all[x.tenant].client.(provider.Declarer)
	if !ok {
		return x.live, nil
	}
	list, err := d.Declare(ctx, []schema.Object{*x.live})
	if err != nil || len(list) != 1 {
		return nil, refusef("", "", "the product does not show it in a form that files have")
	}
	return &list[0], nil
}

// wanted shows the values that the files should have.
func (s *adoptFiles) wanted(x *adoption, said *schema.Object) string {
	if x.live == nil {
		return "no " + x.difference.Addr.String()
	}
	var out []string
	for i := range x.live.Kind.Attributes {
		a := &x.live.Kind.Attributes[i]
		key := x.renamed() && a.Is(schema.Key) && !a.Equal(said.Body, x.live.Body)
		if x.live.Set.Has(i) && (key || slices.Contains(x.attributes, a.Name)) {
			out = append(out, a.Name+" = "+s.words[x.tenant].Value(a, x.live.Body))
		}
	}
	return cmp.Or(strings.Join(out, ", "), x.inactiveLine())
}

// editBlock changes the attributes of a block.
func (s *adoptFiles) editBlock(x *adoption, said, want *schema.Object, file *editedFile, block *hclsyntax.Block) *refusal {
	edited, resolved := map[string]bool{}, false
	for i := range said.Kind.Attributes {
		a := &said.Kind.Attributes[i]
		written := block.Body.Attributes[a.Name]
		if written != nil && x.empties(a, block, want) {
			edited[a.Name], resolved = true, true
			file.edits = append(file.edits, file.parsed.RemoveAttribute(block, written)...)
			continue
		}
		from := x.source(i, said, want, block, written != nil)
		if from == nil || written == nil && a.Is(schema.ConfigOnly) {
			continue
		}
		edited[a.Name], resolved = true, resolved || a.Is(schema.ConfigOnly)
		if written == nil {
			file.edits = append(file.edits, file.parsed.Set(block, a.Name, s.words[x.tenant].Value(a, from.Body))...)
			continue
		}
		edits, err := file.parsed.Value(written.Expr, value(a, said, from), s.language(x.tenant, a))
		if err != nil {
			return s.byHand(x, said, a, err)
		}
		file.edits = append(file.edits, edits...)
	}
	for _, name := range x.attributes {
		if !edited[name] && !resolved {
			return refusef(placeOf(said.Pos.File, said.Pos.Line), s.wanted(x, said), "does not write %s out", name)
		}
	}
	return nil
}

// source returns the object that has the value which the block should have for an attribute: want, or the live one if
// want leaves out what the block has. Nil means that the value in the block stays.
func (x *adoption) source(i int, said, want *schema.Object, block *hclsyntax.Block, written bool) *schema.Object {
	a, from := &said.Kind.Attributes[i], want
	if !want.Set.Has(i) && written {
		from = x.live
	}
	if !x.concerns(a, block) || !from.Set.Has(i) || said.Set.Has(i) && a.Equal(said.Body, from.Body) ||
		a.Flags&(schema.ReadOnly|schema.Computed|schema.WriteOnce) != 0 {
		return nil
	}
	return from
}

// concerns reports whether an attribute belongs to what is adopted: it was changed, it makes the key of
// a renamed object, or the block says through it what was changed.
func (x *adoption) concerns(a *schema.Attribute, block *hclsyntax.Block) bool {
	switch {
	case slices.Contains(x.attributes, a.Name):
		return true
	case x.renamed() && a.Is(schema.Key):
		return true
	}
	return a.Is(schema.ConfigOnly) && slices.ContainsFunc(x.attributes, func(name string) bool { return block.Body.Attributes[name] == nil })
}

// empties reports whether a block says through an attribute, such as store_codes for businesses, what the
// live object does not have any more.
func (x *adoption) empties(a *schema.Attribute, block *hclsyntax.Block, want *schema.Object) bool {
	i := x.live.Kind.Index(a.Name)
	return a.Is(schema.ConfigOnly) && len(a.Kinds) == 0 && x.concerns(a, block) && !want.Set.Has(i) && !x.live.Set.Has(i)
}

// value returns the value that a file should have. Entries that a file does not name stay out of maps
// that are merged.
func value(a *schema.Attribute, said, want *schema.Object) any {
	v := a.Any(want.Body)
	if !a.Is(schema.MergeEntries) {
		return v
	}
	switch now := a.Any(said.Body).(type) {
	case map[string]string:
		return only(v.(map[string]string), now)
	case map[string]bool:
		return only(v.(map[string]bool), now)
	case map[string][]string:
		return only(v.(map[string][]string), now)
	}
	return v
}

// only returns the entries whose names are in now.
func only[V any](m, now map[string]V) map[string]V {
	out := maps.Clone(m)
	maps.DeleteFunc(out, func(name string, _ V) bool { _, is := now[name]; return !is })
	return out
}

// byHand says where a value has to be changed by hand.
func (s *adoptFiles) byHand(x *adoption, said *schema.Object, a *schema.Attribute, err error) *refusal {
	r, ok := errors.AsType[*splice.Refusal](err)
	if !ok {
		return refusef("", "", "%v", err)
	}
	return refusef(placeOf(r.At.Filename, r.At.Start.Line), s.wanted(x, said), "%s %s", a.Name, r.Why)
}

// editEntry changes an object in short form: an entry of a map in a block of another kind.
func (s *adoptFiles) editEntry(x *adoption, said *schema.Object, file *editedFile, place string) *refusal {
	entry, ok := file.parsed.Entry(said.Pos.Line, said.Pos.Column)
	if !ok {
		return refusef(place, s.wanted(x, said), "declares it by an expression")
	}
	if x.live == nil {
		return file.removeEntry(entry, place)
	}
	if len(x.attributes) != 1 {
		return refusef(place, s.wanted(x, said), "cannot say all of it in short form")
	}
	a := &x.live.Kind.Attributes[x.live.Kind.Index(x.attributes[0])]
	edits, err := file.parsed.Value(splice.EntryValue(entry.Item.ValueExpr, a.Kinds), a.Any(x.live.Body), s.language(x.tenant, a))
	if err != nil {
		return s.byHand(x, said, a, err)
	}
	file.edits = append(file.edits, edits...)
	return nil
}

// inDirectory returns the path of a file of the configuration.
func (a *adopting) inDirectory(name string) string { return filepath.Join(a.before.Dir, name) }
