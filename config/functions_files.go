package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxFile is the size in bytes up to which a file is read into an expression. A
// roster of 300,000 people fits; a database dump given by mistake does not, and
// would keep the evaluation busy for minutes.
const maxFile = 32 << 20

// An expressionFiles reads files for expressions, each one once.
type expressionFiles struct {
	tree    *filetree.Tree
	mu      sync.Mutex
	results map[string]fileResult // by path as written

	data []dataText // texts that were decoded
}

func newExpressionFiles(files *filetree.Tree) *expressionFiles {
	return &expressionFiles{tree: files, results: map[string]fileResult{}}
}

// An fileResult is what reading one file gave.
type fileResult struct {
	value cty.Value
	err   error
}

// open returns the file's text as a string value. The errors are sentences for
// the author of the expression, with the path as written there.
func (r *expressionFiles) open(name string) (cty.Value, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, ok := r.results[name]
	if !ok {
		b, err := r.read(name)
		if err == nil {
			t.value = cty.StringVal(string(b))
		}
		t.err = err
		r.results[name] = t
	}
	return t.value, t.err
}

// read reads a file that must be text of reasonable size.
func (r *expressionFiles) read(name string) ([]byte, error) {
	b, size, err := r.tree.Read(name, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, r.missing(name)
	case errors.Is(err, filetree.ErrIsDirectory):
		return nil, fmt.Errorf("%q is a directory; to list the files in it, use fileset", name)
	case err != nil:
		return nil, filetree.Explain(name, err)
	case size > maxFile:
		return nil, fmt.Errorf("%q is larger than the %d MB that an expression may read", name, maxFile>>20)
	}
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%q is UTF-16, which Excel calls Unicode text; save it as \"CSV UTF-8\"", name)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if at := invalidUTF8(b); at >= 0 {
		return nil, fmt.Errorf("%q is not UTF-8 text (line %d), perhaps Windows-1252; save it as UTF-8, which Excel calls \"CSV UTF-8\"", name, 1+bytes.Count(b[:at], []byte("\n")))
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) // line ends are no content
	if at := bytes.IndexByte(b, '\r'); at >= 0 {
		return nil, fmt.Errorf("%q has a line that ends in CR alone (line %d); save it with LF or CRLF at the end of each line", name, 1+bytes.Count(b[:at], []byte("\n")))
	}
	if at := bytes.IndexByte(b, 0); at >= 0 {
		return nil, fmt.Errorf("%q is not a text: it has a NUL byte (line %d); a text in UTF-16 must be saved as UTF-8", name, 1+bytes.Count(b[:at], []byte("\n")))
	}
	return b, nil
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	at := 0
	for at < len(b) {
		c, size := utf8.DecodeRune(b[at:])
		if c == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// missing says that there is no such file, and which one may be meant.
func (r *expressionFiles) missing(name string) error {
	dir := path.Dir(filepath.ToSlash(name))
	names, err := r.tree.Names(dir)
	if err != nil {
		return fmt.Errorf("there is no file %q, because there is no directory %q", name, dir)
	}
	if n := schema.Nearest(path.Base(filepath.ToSlash(name)), names); n != "" {
		return fmt.Errorf("there is no file %q, but there is %q", name, path.Join(dir, n))
	}
	return fmt.Errorf("there is no file %q; paths start at the directory of the configuration", name)
}

var pathParam = function.Parameter{Name: "path", Type: cty.String}

func (r *expressionFiles) file() function.Function {
	return function.New(&function.Spec{
		Description: "Returns the text of a file.",
		Params:      []function.Parameter{pathParam},
		Type:        function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return r.open(args[0].AsString())
		},
	})
}

func (r *expressionFiles) exists() function.Function {
	return function.New(&function.Spec{
		Description: "Reports whether there is a file with the path.",
		Params:      []function.Parameter{pathParam},
		Type:        function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			err := r.tree.Check(name)
			switch {
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, filetree.ErrDangling):
				return cty.False, nil
			case errors.Is(err, filetree.ErrIsDirectory):
				return cty.NilVal, fmt.Errorf("%q is a directory, not a file", name)
			case err != nil:
				return cty.NilVal, filetree.Explain(name, err)
			}
			return cty.True, nil
		},
	})
}

func (r *expressionFiles) set() function.Function {
	return function.New(&function.Spec{
		Description: "Returns the files below a directory that match a pattern; ** stands for any depth. Links to files and directories are followed, where they stay below the directory of the configuration.",
		Params:      []function.Parameter{pathParam, {Name: "pattern", Type: cty.String}},
		Type:        function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name, pattern := args[0].AsString(), args[1].AsString()
			if !doublestar.ValidatePattern(pattern) {
				return cty.NilVal, function.NewArgErrorf(1, "%q is not a pattern; write one such as \"*.csv\" or \"**/*.csv\"", pattern)
			}
			if path.IsAbs(pattern) || strings.HasPrefix(path.Clean(pattern), "..") {
				return cty.NilVal, function.NewArgErrorf(1, "%q leads out of the directory; write the directory in the first argument", pattern)
			}
			found, err := r.tree.Match(name, pattern)
			if errors.Is(err, fs.ErrNotExist) {
				return cty.NilVal, function.NewArgErrorf(0, "there is no directory %q", name)
			}
			if err != nil {
				return cty.NilVal, err
			}
			if len(found) == 0 {
				return cty.SetValEmpty(cty.String), nil
			}
			out := make([]cty.Value, len(found))
			for i, f := range found {
				out[i] = cty.StringVal(f)
			}
			return cty.SetVal(out), nil
		},
	})
}

var (
	basenameFunc = pathPart("Returns the last part of a path.", path.Base)
	dirnameFunc  = pathPart("Returns a path without its last part.", path.Dir)
)

func pathPart(doc string, part func(string) string) function.Function {
	return function.New(&function.Spec{
		Description: doc,
		Params:      []function.Parameter{pathParam},
		Type:        function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(part(args[0].AsString())), nil
		},
	})
}
