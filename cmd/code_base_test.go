package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`<[a-z]+>`)

// A codeBase is what the pages can name: files, declarations and quoted texts.
type codeBase struct {
	files    []string                   // paths from the root, folders too
	declared map[string]map[string]bool // the names that a file declares, Type.Member for members
	packages map[string]map[string]bool // the same by the name of the package
	quoted   map[string]bool            // the string literals of the code, import paths too
}

// readCode reads the whole repository.
func readCode(t *testing.T) *codeBase {
	t.Helper()
	c := &codeBase{declared: map[string]map[string]bool{}, packages: map[string]map[string]bool{}, quoted: map[string]bool{}}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(file, ".."+string(filepath.Separator)))
		if d.IsDir() && (d.Name() == ".git" || d.Name() == ".rolecall") {
			return filepath.SkipDir
		}
		c.files = append(c.files, rel)
		if strings.HasSuffix(rel, ".go") && !strings.Contains(rel, "testdata/") {
			c.declared[rel] = map[string]bool{}
			c.parse(t, file, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *codeBase) parse(t *testing.T, file, rel string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if c.packages[f.Name.Name] == nil {
		c.packages[f.Name.Name] = map[string]bool{}
	}
	add := func(owner string, names ...*ast.Ident) {
		for _, n := range names {
			c.declared[rel][n.Name], c.packages[f.Name.Name][n.Name] = true, true
			if owner != "" {
				c.declared[rel][owner+"."+n.Name] = true
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			add(receiver(n), n.Name)
		case *ast.TypeSpec:
			add("", n.Name)
			switch typ := n.Type.(type) {
			case *ast.StructType:
				for _, field := range typ.Fields.List {
					add(n.Name.Name, field.Names...)
				}
			case *ast.InterfaceType:
				for _, method := range typ.Methods.List {
					add(n.Name.Name, method.Names...)
				}
			}
		case *ast.ValueSpec:
			add("", n.Names...)
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				c.quoted[strings.Trim(n.Value, "\"`")] = true
			}
		}
		return true
	})
}

// receiver returns the type of a method, or "".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	name, _ := typ.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}

// find lists the files that a path of a page names, from the root or from any folder. A
// placeholder such as <kind> stands for any name.
func (c *codeBase) find(name string) (found []string) {
	pattern := strings.TrimSuffix(placeholder.ReplaceAllString(name, "*"), "/")
	depth := strings.Count(pattern, "/") + 1
	for _, file := range c.files {
		parts := strings.Split(file, "/")
		end := path.Join(parts[max(0, len(parts)-depth):]...)
		if ok, _ := path.Match(pattern, end); ok {
			found = append(found, file)
		}
	}
	return found
}

// declares reports whether one of the files declares the name.
func (c *codeBase) declares(files []string, name string) bool {
	return slices.ContainsFunc(files, func(file string) bool { return c.declared[file][name] })
}

// knows reports whether the code declares an identifier: name, package.name or Type.Member.
func (c *codeBase) knows(name string) bool {
	if pkg, member, ok := strings.Cut(name, "."); ok && c.packages[pkg][member] {
		return true
	}
	for _, names := range c.declared {
		if names[name] {
			return true
		}
	}
	return false
}
