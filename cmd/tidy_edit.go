package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// removedFile is the file for removed blocks that no other file is for.
const removedFile = "removed.hcl"

// writeRemoved adds a removed block: to the file that declared the object, to that of its kind, or to one
// of its own.
func (t *tidying) writeRemoved(tenant int, r since.Removal) error {
	file, err := t.fileFor(tenant, r)
	if err != nil {
		return err
	}
	now := t.before.Tenants[tenant]
	block := "removed " + splice.Quote(r.Addr.Kind) + " " + splice.Quote(r.Addr.Key) + " {}\n"
	if len(t.before.Tenants) > 1 {
		block = strings.TrimSuffix(block, "}\n") + " provider = " + writer.ProviderName(now.Name) + " }\n"
	}
	t.added[file] += block
	t.did(tenant, "add", file, since.Step{Addr: r.Addr})
	return nil
}

func (t *tidying) fileFor(tenant int, r since.Removal) (*editedFile, error) {
	name := writer.FileName(t.before.Tenants[tenant].Product.Kind(r.Addr.Kind)) + ".hcl"
	own := strings.ReplaceAll(r.Addr.Provider, ".", "_") + "_" + name // as import names it
	for _, path := range []string{r.Pos.File, t.inDirectory(own), t.inDirectory(name), t.inDirectory(removedFile)} {
		if slices.Contains(t.before.Files, path) {
			if file, no := t.open(path); no == nil {
				return file, nil
			}
		}
	}
	path := t.inDirectory(removedFile)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) && t.files[path] == nil {
		return nil, advise("Make it a regular file of the configuration, or write the removed block by hand: removed "+splice.Quote(r.Addr.Kind)+" "+splice.Quote(r.Addr.Key)+" {}",
			"%s cannot be changed", text.Clean(path))
	}
	return t.files.create(t.before.Dir, removedFile)
}

func (t *tidying) open(path string) (*editedFile, *refusal) {
	return t.files.open(t.reader, path, "fmt")
}

func (t *tidying) inDirectory(name string) string { return filepath.Join(t.before.Dir, name) }

// deleteRemoved takes a removed block out.
func (t *tidying) deleteRemoved(tenant int, s since.Step) {
	file, no := t.open(s.Pos.File)
	if no != nil {
		t.keepStep(s, no.place+" "+no.why)
		return
	}
	block := file.parsed.Block(s.Pos.Line, s.Pos.Column)
	if block == nil || block.Type != "removed" {
		t.keepStep(s, "it is not written as a block of its own")
		return
	}
	file.remove(block)
	t.did(tenant, "delete", file, s)
}

// deletePreviously takes entries of previously out of one block, or the attribute if no other is left.
func (t *tidying) deletePreviously(tenant int, finished, rest []since.Step) {
	refuse := func(format string, args ...any) {
		for _, s := range finished {
			t.keepStep(s, fmt.Sprintf(format, args...))
		}
	}
	at := finished[0].Pos
	file, no := t.open(at.File)
	if no != nil {
		refuse("%s %s", no.place, no.why)
		return
	}
	block := file.parsed.Block(at.Line, at.Column)
	if block == nil || block.Body.Attributes["previously"] == nil {
		refuse("%s does not write previously out", placeOf(at.File, at.Line))
		return
	}
	attribute := block.Body.Attributes["previously"]
	edits := file.parsed.RemoveAttribute(block, attribute)
	if len(rest) > 0 {
		if block.Body.Attributes["for_each"] != nil {
			refuse("other objects of the block still need previously")
			return
		}
		var err error
		if edits, err = t.shorten(file, tenant, attribute, rest); err != nil {
			refuse("%s previously %v", placeOf(at.File, attribute.SrcRange.Start.Line), err)
			return
		}
	}
	file.edits = append(file.edits, edits...)
	for _, s := range finished {
		t.did(tenant, "delete", file, s)
	}
}

// shorten leaves only some entries in previously.
func (t *tidying) shorten(file *editedFile, tenant int, attribute *hclsyntax.Attribute, rest []since.Step) ([]splice.Edit, error) {
	kind := t.before.Tenants[tenant].Product.Kind(rest[0].Addr.Kind)
	var want []string
	for _, s := range rest {
		want = append(want, s.Earlier)
	}
	return file.parsed.Value(attribute.Expr, want, splice.Language{
		Text: func(e hclsyntax.Expression) (string, bool) {
			entry, ok := splice.Literal(e)
			return kind.EarlierKey(rest[0].Addr.Key, entry), ok
		},
		Write: splice.Quote,
	})
}

// did notes a change of the files.
func (t *tidying) did(tenant int, change string, file *editedFile, s since.Step) {
	block := "removed"
	if s.Earlier != "" {
		block = "previously"
	}
	t.done = append(t.done, tidied{change, block, s.Addr.String(), s.Earlier, filepath.ToSlash(file.path), tenant, s})
}
