package cmd_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// The help topic names every environment variable that the code reads.
func TestEnvironmentHelp(t *testing.T) {
	var out bytes.Buffer
	f := cmd.System()
	f.Out, f.Width = &out, 80
	if code := cmd.Main([]string{"help", "environment"}, f); code != 0 {
		t.Fatal(code)
	}
	read, elsewhere := variablesRead(t)
	for _, p := range f.Products {
		read = append(read, p.Provider.KeyEnv, p.Provider.KeyEnv+"_FILE")
		if p.Provider.UserEnv != "" {
			read = append(read, p.Provider.UserEnv, p.Provider.PasswordEnv)
		}
		if p.Provider.HostEnv != "" {
			read = append(read, p.Provider.HostEnv)
		}
	}
	read = append(read, rest.ProxyVariables()...)
	if len(read) < 20 {
		t.Fatalf("the code reads only %q", read)
	}
	words := strings.FieldsFunc(out.String(), func(r rune) bool { return strings.ContainsRune(" \n;:,.", r) })
	for _, name := range read {
		if !slices.Contains(words, name) {
			t.Errorf("rolecall help environment does not name %s", name)
		}
	}
	// The functions whose variables are those of products and of proxies.
	if want := []string{"findKey", "findLogin", "findProxy", "hasKey", "tenantHost"}; !slices.Equal(elsewhere, want) {
		t.Errorf("variables with computed names are read in %q, and the test knows %q", elsewhere, want)
	}
}

// variablesRead lists the names of variables that the program reads by a call of env or
// os.Getenv, and the functions that read one whose name is computed.
func variablesRead(t *testing.T) (names, elsewhere []string) {
	t.Helper()
	constants := map[string]string{}
	var files []*ast.File
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "providertest" || d.Name() != ".." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, file)
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for i := range v.Values {
					if s, ok := literal(v.Values[i]); ok {
						constants[v.Names[i].Name] = s
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				c, ok := n.(*ast.CallExpr)
				if !ok || len(c.Args) != 1 {
					return true
				}
				s, ok := c.Fun.(*ast.SelectorExpr)
				if !ok || !slices.Contains([]string{"env", "Getenv", "LookupEnv"}, s.Sel.Name) {
					return true
				}
				name, ok := literal(c.Args[0])
				if id, isName := c.Args[0].(*ast.Ident); isName && !ok {
					name, ok = constants[id.Name]
				}
				if ok {
					names = append(names, name)
				} else {
					elsewhere = append(elsewhere, f.Name.Name)
				}
				return true
			})
		}
	}
	slices.Sort(elsewhere)
	return names, slices.Compact(elsewhere)
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}
