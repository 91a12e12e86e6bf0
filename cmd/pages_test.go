package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	codeSpan    = regexp.MustCompile("`([^`]+)`")
	placeholder = regexp.MustCompile(`<[a-z]+>`)
	pathForm    = regexp.MustCompile(`^[\w./*-]+$`)
	identifier  = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Z]\w*)?$`)
	fileThen    = regexp.MustCompile(`([\w/*]+\.go)(?: (\w+)(?:, (\w+)(?:[^./\w]|$))?)?`)
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

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

// TestArchitecturePageNamesWhatExists checks that each file and identifier that
// docs/architecture.md names exists, and that a file declares the functions that stand behind it.
func TestArchitecturePageNamesWhatExists(t *testing.T) {
	code := readCode(t)
	inBlock, section := false, ""
	for n, line := range pageLines(t, "architecture.md") {
		n++
		switch {
		case strings.HasPrefix(line, "```"):
			inBlock = !inBlock
		case inBlock:
			for _, m := range fileThen.FindAllStringSubmatch(line, -1) {
				files := code.find(m[1])
				if len(files) == 0 {
					t.Errorf("line %d: there is no file %s", n, m[1])
					continue
				}
				for _, name := range m[2:] {
					if name != "" && !code.declares(files, name) {
						t.Errorf("line %d: %s does not declare %s", n, m[1], name)
					}
				}
			}
		default:
			if strings.HasPrefix(line, "## ") {
				section = line
			}
			for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
				for _, word := range strings.Fields(m[1]) {
					code.checkWord(t, n, section, word)
				}
			}
		}
	}
}

// checkWord checks one word in backticks.
func (c *codeBase) checkWord(t *testing.T, n int, section, word string) {
	t.Helper()
	plain := placeholder.ReplaceAllString(word, "*")
	isFile := path.Ext(plain) != "" && slices.Contains([]string{".go", ".md", ".yaml", ".txtar", ".txt"}, path.Ext(plain))
	switch {
	case isFile && section == "## Where do I change ..." && !strings.Contains(plain, "/"):
		t.Errorf("line %d: write the folder of %s", n, word)
	case pathForm.MatchString(plain) && (isFile || strings.Contains(plain, "/")):
		if !strings.HasPrefix(word, "./") && len(c.find(strings.TrimPrefix(word, "../"))) == 0 && !c.quoted[word] {
			t.Errorf("line %d: there is no %s", n, word)
		}
	case identifier.MatchString(word) && strings.ContainsFunc(word, func(r rune) bool { return r >= 'A' && r <= 'Z' }):
		if !c.knows(word) {
			t.Errorf("line %d: the code declares no %s", n, word)
		}
	}
}

// TestStagesNameEveryFile checks that the table of the stages names each file of plan/build.
func TestStagesNameEveryFile(t *testing.T) {
	code := readCode(t)
	var named []string
	in := false
	for _, line := range pageLines(t, "architecture.md") {
		in = in && !strings.HasPrefix(line, "### ") || line == "### The stages of a plan"
		cells := strings.Split(line, " | ")
		if !in || len(cells) != 3 {
			continue
		}
		for _, m := range codeSpan.FindAllStringSubmatch(cells[2], -1) {
			files := code.find("plan/build/" + m[1] + ".go")
			if len(files) == 0 && m[1] != "plan/build" {
				t.Errorf("there is no file plan/build/%s.go", m[1])
			}
			named = append(named, files...)
		}
	}
	for _, file := range code.find("plan/build/*.go") {
		if !strings.HasSuffix(file, "_test.go") && file != "plan/build/words.go" && !slices.Contains(named, file) {
			t.Errorf("the table of the stages does not name %s", file)
		}
	}
}

// TestLinksLeadToFiles checks that each link of a page to another file, and each anchor within
// a page, leads somewhere.
func TestLinksLeadToFiles(t *testing.T) {
	code := readCode(t)
	checked := 0
	for _, file := range code.files {
		if path.Ext(file) != ".md" || strings.Contains(file, "testdata/") {
			continue
		}
		text := strings.Join(pageLines(t, filepath.Join("..", file)), "\n")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, ":") {
				continue // another site
			}
			checked++
			target := file
			if to != "" {
				target = path.Join(path.Dir(file), to)
			}
			if !slices.Contains(code.files, target) {
				t.Errorf("%s: the link to %s leads nowhere", file, m[1])
			} else if anchor != "" && !slices.Contains(anchors(t, target), anchor) {
				t.Errorf("%s: %s has no heading #%s", file, target, anchor)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d links were checked", checked)
	}
}

// anchors lists the anchors of the headings of a page.
func anchors(t *testing.T, file string) (out []string) {
	for _, line := range pageLines(t, filepath.Join("..", file)) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			slug := strings.Map(func(r rune) rune {
				switch {
				case r == ' ' || r == '-':
					return '-'
				case r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
					return r
				}
				return -1
			}, strings.ToLower(strings.TrimSpace(title)))
			out = append(out, slug)
		}
	}
	return out
}

// pageLines reads a page of docs, or the page at a path.
func pageLines(t *testing.T, page string) []string {
	t.Helper()
	if !strings.Contains(page, string(filepath.Separator)) {
		page = filepath.Join("..", "docs", page)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}
