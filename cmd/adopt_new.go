package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// declare adds blocks for the new objects of a tenant.
func (s *adoptFiles) declare(ctx context.Context, tenant int, list []*adoption) (refused bool, err error) {
	t := s.a.before.Tenants[tenant]
	objects := map[string][]schema.Object{}
	for _, x := range list {
		if x.live == nil {
			x.refused, refused = refusef("", "", "it is not known what exists"), true
			continue
		}
		if s.shortForm(x) {
			continue
		}
		o, no := s.declared(ctx, x)
		if no != nil {
			x.refused, refused = no, true
			continue
		}
		if x.row = !x.noRow && s.addRow(x, o); x.row {
			continue
		}
		objects[o.Kind.Name] = append(objects[o.Kind.Name], *o)
	}
	texts := map[string]*bytes.Buffer{}
	var names []string
	result, err := writer.Write(writer.Input{
		Tenant: t, Objects: objects, Existing: s.existing[tenant], Several: len(s.a.before.Tenants) > 1, RosterAbove: 1 << 30,
	}, func(name string) (io.Writer, string) {
		texts[name] = &bytes.Buffer{}
		names = append(names, name)
		return texts[name], name
	})
	if err != nil {
		return false, err
	}
	for _, skipped := range result.Skipped {
		for _, x := range list {
			if x.live != nil && x.live.Addr == skipped.Object.Addr {
				x.refused, refused = refusef("", "", "%s", skipped.Why), true
			}
		}
	}
	if refused {
		return true, nil
	}
	for _, name := range names {
		if err := s.insert(tenant, name, texts[name].String()); err != nil {
			return false, err
		}
	}
	return false, nil
}

// insert adds the blocks of a kind behind the last one of their kind, or to the file of the kind.
func (s *adoptFiles) insert(tenant int, name, text string) error {
	blocks, err := splice.Parse(name, []byte(text))
	if err != nil {
		return err
	}
	if len(blocks.Body.Blocks) == 0 {
		return nil
	}
	kind := blocks.Body.Blocks[0].Type
	if file, last := s.lastOf(tenant, kind); file != nil {
		file.edits = append(file.edits, file.parsed.Insert(last, text)...)
		return nil
	}
	path := filepath.Join(s.a.before.Dir, name)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		file, no := s.open(path)
		if no != nil {
			return fmt.Errorf("%s %s", no.place, no.why)
		}
		file.edits = append(file.edits, file.parsed.Append(text)...)
		return nil
	}
	file, err := s.files.create(s.a.before.Dir, name)
	if err != nil {
		return err
	}
	file.edits = append(file.edits, file.parsed.Append(text)...)
	return nil
}

// lastOf returns the last block of a kind in the file with most of them.
func (s *adoptFiles) lastOf(tenant int, kind string) (*editedFile, *hclsyntax.Block) {
	t := s.a.before.Tenants[tenant]
	places := map[string][]schema.Pos{}
	for i := range t.Objects {
		if o := &t.Objects[i]; o.Kind.Name == kind && o.Pos.File != "" && !slices.Contains(places[o.Pos.File], o.Pos) {
			places[o.Pos.File] = append(places[o.Pos.File], o.Pos)
		}
	}
	var file *editedFile
	var last *hclsyntax.Block
	most := 0
	for _, path := range s.a.before.Files {
		x, no := s.open(path)
		if len(places[path]) == 0 || no != nil {
			continue
		}
		n := 0
		var end *hclsyntax.Block
		for _, at := range places[path] {
			b := x.parsed.Block(at.Line, at.Column)
			if b == nil || b.Type != kind {
				continue
			}
			if n++; end == nil || b.TypeRange.Start.Byte > end.TypeRange.Start.Byte {
				end = b
			}
		}
		if n > most {
			file, last, most = x, end, n
		}
	}
	return file, last
}

// shortForm adds a member to the block of its parent if that lists members in short form.
func (s *adoptFiles) shortForm(x *adoption) bool {
	t, k := s.a.before.Tenants[x.tenant], x.live.Kind
	parent, grantee := k.Parent(), k.Index(k.Grantee)
	if parent == nil || grantee < 0 {
		return false
	}
	role := -1
	for i := range k.Attributes {
		if a := &k.Attributes[i]; a.Is(schema.CarriesRights) && !a.Is(schema.Key) && x.live.Set.Has(i) {
			role = i
		}
	}
	owner := declaredObject(t, schema.Address{Provider: t.Name, Kind: parent.Kinds[0], Key: parent.Text(x.live.Body)})
	if role < 0 || owner == nil || owner.Kind.Expand == nil {
		return false
	}
	file, no := s.open(owner.Pos.File)
	if no != nil {
		return false
	}
	block := file.parsed.Block(owner.Pos.Line, owner.Pos.Column)
	if block == nil || block.Body.Attributes["for_each"] != nil {
		return false
	}
	for i := range owner.Kind.Attributes {
		a := &owner.Kind.Attributes[i]
		written := block.Body.Attributes[a.Name]
		if !a.Is(schema.ConfigOnly) || a.Type != schema.TypeMap || written == nil {
			continue
		}
		object, is := written.Expr.(*hclsyntax.ObjectConsExpr)
		if !is {
			return false
		}
		row := &k.Attributes[role]
		edits, err := file.parsed.AddEntry(object, k.Attributes[grantee].Text(x.live.Body), s.words[x.tenant].Text(row, row.Text(x.live.Body)))
		if err != nil {
			return false
		}
		file.edits = append(file.edits, edits...)
		return true
	}
	return false
}
