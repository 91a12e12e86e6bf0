package cmd

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A follower is a declared object whose key names an object that was deleted or renamed, such as the
// membership of a user. It has no difference of its own, and its place in the files changes too.
type follower struct {
	object *schema.Object
	key    *schema.Attribute // that names the other object
}

// follow finds the followers of a difference.
func (a *adopting) follow(x *adoption) {
	if x.change == nil || x.live != nil && !x.renamed() {
		return
	}
	x.owned, x.renames = map[schema.Address]bool{}, map[string]map[string]string{}
	if x.live != nil {
		x.rename(x.difference.Addr, x.live.Addr)
	}
	t := a.before.Tenants[x.tenant]
	for i := range t.Objects {
		o := &t.Objects[i]
		for _, key := range o.Kind.Keys() {
			if !slices.Contains(key.Kinds, x.difference.Addr.Kind) || key.Text(o.Body) != x.difference.Addr.Key {
				continue
			}
			x.followers = append(x.followers, follower{o, key})
			x.owned[o.Addr] = true
			if x.live != nil {
				now := o.Clone()
				key.SetAny(now.Body, x.live.Addr.Key)
				now.Rekey()
				x.owned[now.Addr] = true
				x.rename(o.Addr, now.Addr)
			}
		}
	}
}

// rename notes another key of an object.
func (x *adoption) rename(from, to schema.Address) {
	if x.renames[from.Kind] == nil {
		x.renames[from.Kind] = map[string]string{}
	}
	x.renames[from.Kind][from.Key] = to.Key
}

// afterRenames returns a declared object that refers to renamed objects by their new keys.
func afterRenames(list []*adoption, tenant int, o *schema.Object) *schema.Object {
	out := o
	for _, x := range list {
		for kind, keys := range x.renames {
			for i := range o.Kind.Attributes {
				a := &o.Kind.Attributes[i]
				if x.tenant != tenant || !slices.Contains(a.Kinds, kind) {
					continue
				}
				if out == o {
					clone := o.Clone()
					out = &clone
				}
				a.Replace(out.Body, func(key string) string { return cmp.Or(keys[key], key) })
				a.Normalise(out.Body) // the order of sets
			}
		}
	}
	return out
}

// owns reports whether an address is that of the difference or of a follower.
func (x *adoption) owns(tenant int, addr schema.Address) bool {
	return x.tenant == tenant && (addr == x.difference.Addr || x.live != nil && addr == x.live.Addr || x.owned[addr])
}

// editFollowers deletes the followers of a deleted object, and gives those of a renamed one its new key.
// What names it by a reference follows by itself.
func (s *adoptFiles) editFollowers(x *adoption) *refusal {
	for _, f := range x.followers {
		if no := s.editFollower(x, f); no != nil {
			if no.wanted = "no " + f.object.Addr.String(); x.live != nil {
				no.wanted = f.key.Name + " = " + s.words[x.tenant].Text(f.key, x.live.Addr.Key)
			}
			return no
		}
	}
	return nil
}

func (s *adoptFiles) editFollower(x *adoption, f follower) *refusal {
	o := f.object
	file, no := s.open(o.Pos.File)
	if no != nil {
		return no
	}
	block := file.parsed.Block(o.Pos.Line, o.Pos.Column)
	if block == nil {
		return s.followEntry(x, f, file)
	}
	if block.Type != o.Kind.Name || block.Body.Attributes["for_each"] != nil {
		return s.followRow(x, f, block)
	}
	if x.live == nil {
		file.remove(block)
		return nil
	}
	if said := block.Body.Attributes[f.key.Name]; said != nil {
		if text, ok := splice.Literal(said.Expr); ok && f.key.Form(text) == x.difference.Addr.Key {
			file.edits = append(file.edits, file.parsed.Retext(said.Expr.Range(), x.live.Addr.Key))
		}
		return nil
	}
	if i := slices.Index(o.Kind.Labels(), f.key); i >= 0 && i < len(block.Labels) && f.key.Form(block.Labels[i]) == x.difference.Addr.Key {
		file.edits = append(file.edits, file.parsed.Retext(block.LabelRanges[i], x.live.Addr.Key))
	}
	return nil
}

// followEntry changes the entry of an object in short form. There is nothing to do if the renamed or
// deleted object is its parent, because the entry is in the block of that one.
func (s *adoptFiles) followEntry(x *adoption, f follower, file *editedFile) *refusal {
	o := f.object
	if f.key == o.Kind.Parent() {
		return nil
	}
	entry, ok := file.parsed.Entry(o.Pos.Line, o.Pos.Column)
	if !ok {
		return s.inRow(x, o, refusef(placeOf(o.Pos.File, o.Pos.Line), "", "declares %s by an expression", o.Addr))
	}
	if x.live == nil {
		return file.removeEntry(entry, placeOf(o.Pos.File, o.Pos.Line))
	}
	if text, ok := splice.Literal(entry.Item.KeyExpr); ok && f.key.Form(text) == x.difference.Addr.Key {
		file.edits = append(file.edits, file.parsed.Retext(entry.Item.KeyExpr.Range(), x.live.Addr.Key))
	}
	return nil
}

// followRow changes the row of an object of a block with for_each.
func (s *adoptFiles) followRow(x *adoption, f follower, block *hclsyntax.Block) *refusal {
	o := f.object
	row, no := s.rowOf(o, block)
	switch {
	case no != nil:
		return no
	case row == nil && x.live != nil:
		return nil // the check says whether it follows
	case row == nil:
		return refusef(placeOf(o.Pos.File, o.Pos.Line), "", "declares %s by an expression", o.Addr)
	case x.live == nil:
		row.file.edits = append(row.file.edits, row.file.table.RemoveRow(row.number)...)
		return nil
	}
	e := written(block, f.key)
	if e == nil || !splice.Reads(e) {
		return nil
	}
	cells, err := s.reading(x.tenant, row)(f.key).Cells(e, x.live.Addr.Key)
	if err != nil {
		return nil // by a reference
	}
	if why := row.set(cells); why != "" {
		return refusef(row.place, "", "%s", why)
	}
	return nil
}

// editRenames edits what was renamed, and returns the differences that this does not settle: what refers
// to a renamed object by a reference is then as it is in the product.
func (s *adoptFiles) editRenames(ctx context.Context, list []*adoption) ([]*adoption, bool) {
	var others []*adoption
	renames, refused := false, false
	for _, x := range list {
		if !x.renamed() || x.live == nil {
			others = append(others, x)
			continue
		}
		renames = true
		x.refused = s.edit(ctx, x)
		refused = refused || x.refused != nil
	}
	if !renames || refused {
		return others, refused
	}
	files, err := s.files.render()
	if err != nil {
		return others, false // the whole is tried, and says what is wrong
	}
	flags := s.a.options.config
	flags.changed = map[string][]byte{}
	for _, x := range files {
		flags.changed[x.target] = x.after
	}
	after, diags := flags.load(s.a.f, s.a.options.dir)
	if diags.HasErrors() || len(after.Tenants) != len(s.a.before.Tenants) {
		return others, false
	}
	return slices.DeleteFunc(others, func(x *adoption) bool {
		now := declaredObject(after.Tenants[x.tenant], x.difference.Addr)
		return now != nil && x.live != nil && len(x.attributes) > 0 && !slices.ContainsFunc(x.attributes, func(name string) bool {
			i := now.Kind.Index(name)
			return !now.Set.Has(i) || !now.Kind.Attributes[i].Equal(now.Body, x.live.Body)
		})
	}), false
}
