package cmd

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A rosterRow is the row of a CSV file that an object of a block with for_each comes from.
type rosterRow struct {
	file   *editedFile // the CSV file
	number int
	place  string
	block  *hclsyntax.Block
}

// rowOf finds the row of an object. It is nil if the object is not from one row of one file.
func (s *adoptFiles) rowOf(o *schema.Object, block *hclsyntax.Block) (*rosterRow, *refusal) {
	table, line, ok := s.a.before.RowOf(o)
	if !ok {
		return nil, nil
	}
	file, no := s.openTable(table)
	if no != nil {
		return nil, no
	}
	n := file.table.RowAt(line)
	if n < 0 {
		return nil, nil
	}
	return &rosterRow{file, n, placeOf(file.path, line), block}, nil
}

// openTable opens a CSV file. Its path is relative to the configuration.
func (s *adoptFiles) openTable(t config.Table) (*editedFile, *refusal) {
	path := t.Path
	if !filepath.IsAbs(path) {
		path = s.a.inDirectory(path)
	}
	return s.files.openWith(s.a.c.reader, path, "adopt", func(x *editedFile) (err error) {
		x.table, err = splice.ParseCSV(path, x.before, t.Separator)
		return err
	})
}

// editRow changes the cells of a row, or removes it.
func (s *adoptFiles) editRow(ctx context.Context, x *adoption, said *schema.Object, row *rosterRow) *refusal {
	if x.live == nil {
		row.file.edits = append(row.file.edits, row.file.table.RemoveRow(row.number)...)
		return nil
	}
	want, no := s.declared(ctx, x)
	if no != nil {
		return no
	}
	reading := s.reading(x.tenant, row)
	edited := map[string]bool{}
	for i := range said.Kind.Attributes {
		a := &said.Kind.Attributes[i]
		e := written(row.block, a)
		from := x.source(i, said, want, row.block, e != nil)
		if from == nil || e == nil || a.Is(schema.ConfigOnly) {
			continue
		}
		edited[a.Name] = true
		if !splice.Reads(e) {
			return refusef(placeOf(said.Pos.File, e.Range().Start.Line), s.wanted(x, said), "%s is the same for all rows, and the row is %s", a.Name, row.place)
		}
		cells, err := reading(a).Cells(e, value(a, said, from))
		if err != nil {
			no := s.byHand(x, said, a, err)
			no.why += ", and the row is " + row.place
			return no
		}
		if why := row.set(cells); why != "" {
			return refusef(row.place, s.wanted(x, said), "%s", why)
		}
	}
	for _, name := range x.attributes {
		if !edited[name] {
			return refusef(placeOf(said.Pos.File, said.Pos.Line), s.wanted(x, said), "does not take %s from the row at %s", name, row.place)
		}
	}
	return nil
}

// written returns the expression that a block has for an attribute. The last label of a block with
// for_each is each.key.
func written(block *hclsyntax.Block, a *schema.Attribute) hclsyntax.Expression {
	if said := block.Body.Attributes[a.Name]; said != nil {
		return said.Expr
	}
	if a.Is(schema.Label) && block.Body.Attributes["for_each"] != nil {
		key := hcl.Traversal{hcl.TraverseRoot{Name: "each"}, hcl.TraverseAttr{Name: "key"}}
		return &hclsyntax.ScopeTraversalExpr{Traversal: key, SrcRange: block.Body.Attributes["for_each"].SrcRange}
	}
	return nil
}

// set gives cells other texts. It returns why they cannot have them, or "".
func (row *rosterRow) set(cells map[string]string) string {
	for name, text := range cells {
		column := row.file.table.Column(name)
		switch {
		case column < 0:
			return "has no column " + name
		case !writer.FitsCell(text):
			return "cannot say it: in the column " + name + " it would be a formula, or not be kept as it is"
		}
		row.file.edits = append(row.file.edits, row.file.table.SetCell(row.number, column, text)...)
	}
	return ""
}

// reading says how the block reads the row, for one attribute.
func (s *adoptFiles) reading(tenant int, row *rosterRow) func(*schema.Attribute) *splice.Reading {
	r := splice.Reading{Cell: func(name string) string {
		if column := row.file.table.Column(name); column >= 0 && row.number >= 0 {
			return row.file.table.Rows[row.number].Cells[column]
		}
		return ""
	}}
	if each := s.forExpression(row.block.Body.Attributes["for_each"].Expr); each != nil {
		r.Key, r.Var = each.KeyExpr, each.ValVar
	}
	return func(a *schema.Attribute) *splice.Reading {
		out := r
		out.Label = func(collection hclsyntax.Expression, want any) (string, bool) {
			found, ok := s.words[tenant].Find(a, want)
			t, is := collection.(*hclsyntax.ScopeTraversalExpr)
			switch {
			case !ok || !is || t.Traversal.RootName() != found.Kind:
				return "", false
			case len(t.Traversal) == 1:
				return found.Label, found.Key == ""
			}
			of, ok := referenceOf(t)
			return found.Key, ok && len(t.Traversal) == 2 && of.Label == found.Label && found.Key != ""
		}
		return &out
	}
}

// forExpression returns the expression { for row in … : key => row } that for_each is or, by local.name,
// refers to, or nil.
func (s *adoptFiles) forExpression(e hclsyntax.Expression) *hclsyntax.ForExpr {
	if t, is := e.(*hclsyntax.ScopeTraversalExpr); is {
		if r, ok := referenceOf(t); ok && r.Kind == "local" && r.Key == "" {
			e = s.local(r.Label)
		}
	}
	each, is := e.(*hclsyntax.ForExpr)
	if !is || each.KeyExpr == nil || each.Group {
		return nil
	}
	return each
}

// local returns the expression of a local value, or nil.
func (s *adoptFiles) local(name string) hclsyntax.Expression {
	for _, path := range s.a.before.Files {
		file, no := s.open(path)
		if no != nil {
			continue
		}
		for _, b := range file.parsed.Body.Blocks {
			if said := b.Body.Attributes[name]; b.Type == "locals" && said != nil {
				return said.Expr
			}
		}
	}
	return nil
}

// addRow adds a new object to the CSV file that has most objects of its kind, if the columns can say
// all of it.
func (s *adoptFiles) addRow(x *adoption, o *schema.Object) bool {
	for _, sibling := range s.rosters(x.tenant, o.Kind) {
		file, no := s.open(sibling.Pos.File)
		if no != nil {
			continue
		}
		block := file.parsed.Block(sibling.Pos.Line, sibling.Pos.Column)
		if block == nil || block.Type != o.Kind.Name || block.Body.Attributes["for_each"] == nil {
			continue
		}
		row, no := s.rowOf(sibling, block)
		if row == nil || no != nil {
			continue
		}
		if cells, ok := s.rowFor(x.tenant, o, sibling, row); ok {
			row.file.edits = append(row.file.edits, row.file.table.AddRow(cells)...)
			return true
		}
	}
	return false
}

// rosters returns one object of each block with several objects of a kind, the block with most first.
func (s *adoptFiles) rosters(tenant int, k *schema.Kind) []*schema.Object {
	count := map[schema.Pos]int{}
	var out []*schema.Object
	t := s.a.before.Tenants[tenant]
	for i := range t.Objects {
		if o := &t.Objects[i]; o.Kind == k && o.Pos.File != "" {
			if count[o.Pos]++; count[o.Pos] == 1 {
				out = append(out, o)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *schema.Object) int { return cmp.Compare(count[b.Pos], count[a.Pos]) })
	return out
}

// rowFor returns the cells of a new object. It is false if the columns cannot say all of it, except for
// what is as in a live object of the same block.
func (s *adoptFiles) rowFor(tenant int, o, sibling *schema.Object, row *rosterRow) ([]string, bool) {
	reading := s.reading(tenant, &rosterRow{row.file, -1, row.place, row.block})
	cells := map[string]string{}
	shape, like := writer.Written(o), s.a.liveObject(tenant, sibling.Addr)
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		e := written(row.block, a)
		switch {
		case e == nil && shape.Has(i) && (like == nil || !a.Equal(like.Body, o.Body)):
			return nil, false
		case e == nil || !o.Set.Has(i):
			continue
		case !splice.Reads(e):
			if !sibling.Set.Has(i) || !a.Equal(sibling.Body, o.Body) {
				return nil, false
			}
			continue
		}
		found, err := reading(a).Cells(e, a.Any(o.Body))
		if err != nil {
			return nil, false
		}
		for name, text := range found {
			if now, twice := cells[name]; row.file.table.Column(name) < 0 || twice && now != text || !writer.FitsCell(text) {
				return nil, false
			}
			cells[name] = text
		}
	}
	out := make([]string, len(row.file.table.Header))
	for i, name := range row.file.table.Header {
		out[i] = cells[name]
	}
	return out, len(cells) > 0
}
