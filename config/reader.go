package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Reader shows the lines that diagnostics are about. It reads the files again, below
// Root or, for files that are not there, below their own directory, and none that
// Environ, as os.Environ, names as the place of a key. The zero value reads files in
// their own directories.
type Reader struct {
	Root    string
	Environ []string
	Commit  Commit // has the files; nil means the disk
}

// reopened holds files that are read again to show where something is, by path.
type reopened struct {
	Reader
	files map[string]*reopenedFile
}

func (r Reader) reopen() reopened { return reopened{r, map[string]*reopenedFile{}} }

// read reads a file again. There may be no such file any more, or the path may come
// from a document that anyone wrote, so the same files are refused as before.
func (r Reader) read(path string) ([]byte, *hcl.Diagnostic) {
	files, name, err := r.treeFor(path)
	if err != nil {
		return nil, unreadableFile(path, err)
	}
	defer files.Close()
	return readFile(files, name, path)
}

// treeFor opens the tree that a path is read in. A hidden file that the path itself names
// may be read, one that a link leads to may not.
func (r Reader) treeFor(path string) (*filetree.Tree, string, error) {
	if r.Root != "" {
		if files, err := opener(r.Commit)(r.Root, "", r.Environ); err == nil {
			if chosen, name, in := files.Choose(path); in {
				return chosen, name, nil
			}
			files.Close()
		}
	}
	return filetree.OpenFile(opener(r.Commit), path, r.Environ)
}

// ReadFile returns the bytes of a file and its path without links, by which it can be
// written. It refuses what a configuration may not read.
func (r Reader) ReadFile(path string) (src []byte, target string, err error) {
	files, name, err := r.treeFor(path)
	if err != nil {
		return nil, "", err
	}
	defer files.Close()
	src, size, err := files.Read(name, maxFileSize)
	if err == nil && size > maxFileSize {
		err = &filetree.Refusal{Why: fmt.Sprintf("has more than %d MB", maxFileSize>>20)}
	}
	if r, ok := errors.AsType[*filetree.Refusal](err); ok {
		return nil, "", fmt.Errorf("%s %w", path, r)
	}
	if err != nil {
		return nil, "", fmt.Errorf("cannot read %s: %s", path, filetree.Cause(err))
	}
	target, err = files.Path(name)
	return src, target, err
}

// A reopenedFile is one file with its blocks. One that cannot be read any more has
// no lines, and one that cannot be parsed no blocks.
type reopenedFile struct {
	lines  [][]byte
	at     map[schema.Pos]writtenBlock // also those inside provider blocks
	pairs  map[schema.Pos]hcl.Range    // entries of maps that are written out; nil until one is looked for
	body   *hclsyntax.Body             // of a native file
	blocks []writtenBlock              // at the top of a native file, in its order
	nav    any                         // of a JSON file: hcl's own way to name a place
}

// A writtenBlock is one block as it is written in a file.
type writtenBlock struct {
	name        string // `role "keeper"`
	header      hcl.Range
	first, last int // lines
	body        hcl.Body
}

func (r reopened) open(path string) *reopenedFile {
	f := r.files[path]
	if f != nil {
		return f
	}
	f = &reopenedFile{at: map[schema.Pos]writtenBlock{}}
	r.files[path] = f
	src, d := r.read(path)
	if d != nil {
		return f
	}
	f.lines = bytes.Split(src, []byte("\n"))
	parsed, _ := parse(path, src)
	if parsed == nil {
		return f
	}
	if body, ok := parsed.Body.(*hclsyntax.Body); ok {
		f.body, f.blocks = body, f.native(body)
	} else {
		f.nav = parsed.Nav
		f.json(parsed.Body)
	}
	slices.SortStableFunc(f.blocks, func(a, b writtenBlock) int { return cmp.Compare(a.first, b.first) })
	return f
}

// blockAt returns the name of the block that a range is in, or "".
func (f *reopenedFile) blockAt(r *hcl.Range) string {
	if nav, ok := f.nav.(interface{ ContextString(offset int) string }); ok {
		return nav.ContextString(r.Start.Byte)
	}
	line := r.Start.Line
	i := sort.Search(len(f.blocks), func(i int) bool { return f.blocks[i].first > line }) - 1
	if i < 0 || line > f.blocks[i].last {
		return ""
	}
	return f.blocks[i].name
}

// entry returns the entry of a map that begins at a place, its value included. Objects
// in short form stand where their entry does.
func (f *reopenedFile) entry(at schema.Pos) (hcl.Range, bool) {
	if f.pairs == nil {
		f.pairs = map[schema.Pos]hcl.Range{}
		if f.body != nil {
			_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
				if object, is := n.(*hclsyntax.ObjectConsExpr); is {
					for _, item := range object.Items {
						key := item.KeyExpr.Range()
						f.pairs[posOf(key)] = hcl.RangeBetween(key, item.ValueExpr.Range())
					}
				}
				return nil
			})
		}
	}
	pair, ok := f.pairs[at]
	return pair, ok
}

func (f *reopenedFile) native(body *hclsyntax.Body) []writtenBlock {
	var out []writtenBlock
	for _, b := range body.Blocks {
		w := writtenBlock{
			name: b.Type + quotedEach(b.Labels), header: b.DefRange(), body: b.Body,
			first: b.TypeRange.Start.Line, last: b.CloseBraceRange.End.Line,
		}
		f.at[posOf(w.header)] = w
		f.native(b.Body)
		out = append(out, w)
	}
	return out
}

// json finds the blocks of a JSON file, where only the reader knows which
// properties are blocks and how many labels they have: every number is tried.
func (f *reopenedFile) json(body hcl.Body) {
	attrs, _ := body.JustAttributes()
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		for labels := range 4 {
			content, _, _ := body.PartialContent(&hcl.BodySchema{
				Blocks: []hcl.BlockHeaderSchema{{Type: name, LabelNames: slices.Repeat([]string{"name"}, labels)}},
			})
			for _, b := range content.Blocks {
				if _, seen := f.at[posOf(b.DefRange)]; !seen {
					f.at[posOf(b.DefRange)] = writtenBlock{header: b.DefRange, body: b.Body}
				}
				if name == "provider" && labels == 1 {
					f.json(b.Body)
				}
			}
		}
	}
}
