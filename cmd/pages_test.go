package cmd_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	codeSpan   = regexp.MustCompile("`([^`]+)`")
	pathForm   = regexp.MustCompile(`^[\w./*-]+$`)
	identifier = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Z]\w*)?$`)
	fileThen   = regexp.MustCompile(`([\w/*]+\.go)(?: (\w+)(?:, (\w+)(?:[^./\w]|$))?)?`)
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

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

// TestRowsStandOnce checks that no table of these pages, and no list of packages, has two rows about the same, as
// merges leave.
func TestRowsStandOnce(t *testing.T) {
	for _, page := range []string{"architecture.md", "json.md", "plan-json.md", "journal.md", "failure.md"} {
		seen := map[string]bool{}
		for n, line := range pageLines(t, page) {
			first := ""
			switch {
			case strings.HasPrefix(line, "| "):
				first, _, _ = strings.Cut(line[2:], " |")
			case strings.Contains(line, "/  "):
				first, _, _ = strings.Cut(line, " ")
			default:
				clear(seen)
				continue
			}
			if seen[first] {
				t.Errorf("docs/%s:%d: a row above begins with %s too", page, n+1, first)
			}
			seen[first] = true
		}
	}
}

// TestPagesAreListed checks that the page for maintainers lists each page, and each decision in order.
func TestPagesAreListed(t *testing.T) {
	all := strings.Join(pageLines(t, "architecture.md"), "\n")
	var listed, files []string
	for _, line := range pageLines(t, "architecture.md") {
		if m := link.FindStringSubmatch(line); m != nil && strings.HasPrefix(m[1], "decisions/0") && strings.HasPrefix(line, "| [") {
			listed = append(listed, "docs/"+m[1])
		}
	}
	for _, file := range readCode(t).files {
		page, isPage := strings.CutPrefix(file, "docs/")
		switch {
		case !isPage || path.Ext(file) != ".md" || strings.HasPrefix(page, "reference/"):
		case strings.HasPrefix(page, "decisions/0"):
			files = append(files, file)
		case !strings.Contains(all, "`"+page+"`"):
			t.Errorf("docs/architecture.md does not list %s", page)
		}
	}
	slices.Sort(files)
	if !slices.Equal(listed, files) {
		t.Errorf("docs/architecture.md lists %q, and docs/decisions has %q", listed, files)
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
