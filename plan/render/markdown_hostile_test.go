package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	syntax "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// markup are texts that Markdown or a forge gives a meaning to.
var markup = []string{
	"|", "`", "``", "```", "````\n", "~~~", "<details>", "</details>", "</summary>", "<!--", "-->", "<script>", "<img src=x>", "<b>", "&lt;", "&#64;",
	"@ana", "@org/team", "#123", "org/repo#1", "GH-12", "!17", "~label", "%5", "&3", "$9", "/close", "/merge\n", ":tada:", "TEAM-12",
	"![x](http://evil.example/beacon.png)", "[x](http://evil.example)", "[x]: http://evil.example", "[^1]", "http://evil.example", "www.evil.example", "ana@zoo.example",
	"mailto:ana@zoo.example", "xmpp:a@b.example", "0123456789abcdef0123456789abcdef01234567", "deadbeef", "1234567", "*bold*", "**bold**", "__b__", "_i_", "~~gone~~", "\\", "\\`",
	"# Title", "- [x] done", "1. one", "1) one", "+ added", "- removed", "> quote", "===", "---", "***", "| a | b |\n|---|---|", "    indented", "\tindented", "\n", "\r\n", "\n\n", " ",
	"\u202e", "\u2066", "\u200b", "\u00a0", "\x00", "\x1b[31m", "\xff", "$x$", "$`x`$", "日本語", "José", "plain words", "Nothing to do.", "'", `"`, "(", ")", ":", "::error::x", "##[error]x", "…",
}

func hostileText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.SampledFrom(markup), 1, 6).Draw(t, "parts")
		return strings.Join(parts, rapid.SampledFrom([]string{"", " ", "a", "\n"}).Draw(t, "between"))
	})
}

// hostileDocument has texts from outside wherever a plan can have them.
func hostileDocument(text func() string, errors, limits bool) *plan.Document {
	pos := func() schema.Pos { return at(text(), 2) }
	grant := func() []schema.Grant { return []schema.Grant{{Right: text(), Scope: text(), Via: text()}} }
	finding := func(s schema.Severity) schema.Finding {
		return schema.Finding{Severity: s, Summary: text(), Detail: text(), Addr: address("user", text()), Pos: pos()}
	}
	somebody := func() user {
		return user{Email: text(), First: text(), Last: text(), Role: text(), CustomRole: text(), Accesses: [][]string{{text(), text()}}}
	}
	var p plan.Plan
	for i := range 5 {
		before, after := somebody(), somebody()
		have, want := object(&userKind, &before), object(&userKind, &after)
		p.Changes = append(p.Changes, create(want, pos()), remove(schema.Delete, have, text()), update(have, want, pos(), "first_name", "accesses", "role"))
		r, now := role{APIID: text(), Name: text(), Description: text() + "\n" + text(), Permissions: []string{text()}}, role{Description: text() + "\n" + text(), Permissions: []string{text()}}
		p.Changes = append(p.Changes, update(object(&roleKind, &r), object(&roleKind, &now), pos(), "description", "permissions"),
			plan.Change{Action: schema.Rename, Addr: want.Addr, From: text(), Have: have, Want: want, Reason: text(), Pos: pos()})
		p.Danger = append(p.Danger, plan.Danger{Subject: want.Addr, Person: i%2 == 0, Administrator: i%3 == 0, Gained: grant(), CausedBy: []schema.Address{address("role", text())}, People: []schema.Address{address("user", text())}})
		p.Affected = append(p.Affected, rights.Difference{Subject: want.Addr, Person: true, Gained: grant(), Lost: grant(), LosesAll: i == 1, People: []schema.Address{address("user", text())}})
	}
	p.Observed, p.Excluded = p.Changes[:3], p.Changes[3:6]
	p.Findings = []schema.Finding{finding(schema.Warning), finding(schema.Warning)}
	if errors {
		p.Findings = append(p.Findings, finding(schema.Error))
	}
	if limits {
		p.Violations = []schema.Finding{finding(schema.Error)}
	}
	p.Unmanaged = []plan.Unmanaged{{Kind: "user", Keys: []string{text(), text()}, Note: text(), Notable: []plan.Notable{{Key: text(), What: text()}}}}
	p.MassChanges = []plan.MassChange{{Text: text()}}
	p.DisplayNames, p.SetNames = map[string]string{p.Changes[0].Addr.Key: text()}, map[string]string{text(): text()}
	d := one(p)
	d.Plans[0].Provider, d.Plans[0].Tenant, d.Plans[0].Endpoint, d.Plans[0].Self = text(), text(), text(), address("user", text())
	d.Directory = text()
	if limits {
		d.Assertions = []plan.Assertion{{Name: plan.NoLoss, Text: plan.NoLoss.Meaning(), Total: 3, Failures: []plan.AssertionFailure{{Text: text()}}}, {Name: plan.NoNewAdmin, Holds: true, Text: plan.NoNewAdmin.Meaning()}}
	}
	return d
}

// Names cannot make a link, a mention, an image or any other element, and cannot end a fence or a
// folded section.
func TestMarkdownOfHostileNames(t *testing.T) {
	for _, s := range append(slices.Clone(markup), "") {
		checkMarkdown(t, markdown(hostileDocument(func() string { return s }, false, true), mostMarkdown))
	}
	rapid.Check(t, func(t *rapid.T) {
		text := func() string { return hostileText().Draw(t, "text") }
		d := hostileDocument(text, rapid.Bool().Draw(t, "errors"), rapid.Bool().Draw(t, "limits"))
		most := rapid.SampledFrom([]int{3_000, 8_000, 20_000, mostMarkdown}).Draw(t, "most")
		page := markdown(d, most)
		if len(page) > most {
			t.Fatalf("%d bytes, at most %d:\n%s", len(page), most, page)
		}
		checkMarkdown(t, page)
	})
}

// A name that is alone on a line of a fence cannot end it.
func TestMarkdownFenceIsLongerThanNames(t *testing.T) {
	for _, name := range []string{"```", "````", strings.Repeat("`", 40)} {
		d := one(plan.Plan{Affected: []rights.Difference{{Subject: address("user", name), Gained: grantsOf(&editor, "")}}})
		for _, most := range []int{mostMarkdown, 500} {
			checkMarkdown(t, markdown(d, most))
		}
	}
}

// A name cannot look like a line of a diff.
func TestMarkdownMarksNoNames(t *testing.T) {
	for _, name := range []string{"+ create user.root@zoo.example", "- delete user.root@zoo.example", "! danger", "~ x", "× x", "→ x"} {
		d := one(plan.Plan{Affected: []rights.Difference{{Subject: address("user", name), Gained: grantsOf(&editor, "")}}})
		if page := markdown(d, mostMarkdown); !strings.Contains(page, "\n  "+name+"\n") {
			t.Errorf("the name is not shown as it is:\n%s", page)
		}
	}
}

type fatal interface {
	Helper()
	Fatalf(string, ...any)
}

var (
	ownHTML  = regexp.MustCompile(`^((<!-- rolecall:[0-9a-f]{32} -->)+|<details><summary><b>[A-Za-z, -]+</b>: [0-9a-z, ]+</summary>|</details>)$`)
	ownText  = regexp.MustCompile("^[^@#/<>\\[\\]*_~`|\\\\&$^{}+]*$")
	diffLine = regexp.MustCompile(`^([-+! ] .*|)$`)
)

// checkMarkdown fails if a page has an element that no part of Markdown writes, or a text that
// a forge makes a link or a mention of.
func checkMarkdown(t fatal, page string) {
	t.Helper()
	if !utf8.ValidString(page) {
		t.Fatalf("not UTF-8: %q", page)
	}
	source := []byte(page)
	fences := 0
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(syntax.NewReader(source))
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.Blockquote, *ast.List, *ast.ListItem, *ast.Heading:
		case *ast.Emphasis:
			if n.Level != 2 {
				t.Fatalf("text is emphasized:\n%s", page)
			}
		case *ast.HTMLBlock, *ast.FencedCodeBlock:
			lines := strings.Split(strings.TrimSuffix(string(n.Lines().Value(source)), "\n"), "\n")
			own := ownHTML
			if f, is := n.(*ast.FencedCodeBlock); is {
				fences++
				own = diffLine
				if string(f.Language(source)) == "sh" {
					own = regexp.MustCompile(`^rolecall apply --digest sha256:[0-9a-f]{64}( .*)?$`)
				}
			}
			for _, line := range lines {
				if !own.MatchString(line) {
					t.Fatalf("%s has the line %q:\n%s", n.Kind(), line, page)
				}
			}
		case *ast.RawHTML:
			if string(n.Segments.Value(source)) != "<br>" {
				t.Fatalf("HTML %q:\n%s", n.Segments.Value(source), page)
			}
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			checkText(t, string(n.Segment.Value(source)), page)
		default:
			t.Fatalf("a name makes a %s:\n%s", n.Kind(), page)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if opened := strings.Count(page, "\ndiff") + strings.Count(page, "`diff\n") + strings.Count(page, "`sh\n"); fences != opened {
		t.Fatalf("%d fences of %d:\n%s", fences, opened, page)
	}
	if open, closed := strings.Count(page, "\n<details>"), strings.Count(page, "\n</details>\n"); open != closed {
		t.Fatalf("%d folded sections begin and %d end:\n%s", open, closed, page)
	}
}

// checkText fails if a forge gives a meaning to a text outside code.
func checkText(t fatal, s, page string) {
	t.Helper()
	switch s {
	case "[!CAUTION]", "[!WARNING]", "[", "!CAUTION", "!WARNING", "]": // of an alert
		return
	}
	if !ownText.MatchString(s) {
		t.Fatalf("text %q is not in code:\n%s", s, page)
	}
	for word := range strings.FieldsSeq(s) {
		word = strings.Trim(word, `("'.,;:!?)`)
		if len(word) >= shortestHash && strings.Trim(word, "0123456789abcdefABCDEF") == "" || strings.ContainsAny(word, ":.") {
			t.Fatalf("text %q can be a link:\n%s", word, page)
		}
	}
}

// A code span shows its text, whatever it is.
func TestCodeSpanShowsItsText(t *testing.T) {
	for _, s := range append(slices.Clone(markup), "", " ", "a`b``c", "`", " `a` ", "``` ``") {
		page := code(s)
		root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(syntax.NewReader([]byte(page)))
		span, is := root.FirstChild().FirstChild().(*ast.CodeSpan)
		if !is || span.NextSibling() != nil || root.ChildCount() != 1 {
			t.Errorf("%q is %q, which is no code span", s, page)
			continue
		}
		var got strings.Builder
		for part := span.FirstChild(); part != nil; part = part.NextSibling() {
			got.Write(part.(*ast.Text).Value([]byte(page)))
		}
		if got, want := got.String(), strings.Trim(page, "`"); strings.Trim(got, " ") != strings.Trim(want, " ") && !strings.Contains(s, "`") {
			t.Errorf("%q is shown as %q", s, got)
		}
	}
}

// A sentence keeps its words; names in it are in code spans.
func TestProse(t *testing.T) {
	for s, want := range map[string]string{
		"Cannot delete role \"store_editor\": 3 users still hold it": "Cannot delete role `store_editor`: 3 users still hold it",
		"312 of 1,000 users, or 25%, would go":                       "312 of 1,000 users, or 25%, would go",
		"Pass --allow-deletes=user (see users.hcl:3).":               "Pass `--allow-deletes=user` (see `users.hcl:3`).",
		"Use --max-deletes 6, or limits { max_deletes = 6 } here.":   "Use `--max-deletes 6`, or limits `{ max_deletes = 6 }` here.",
		"1. not a list":                        "`1`. not a list",
		"- not a list":                         "`-` not a list",
		"a - b":                                "a - b",
		"Ask @ana and #12 at www.evil.example": "Ask `@ana` and `#12` at `www.evil.example`",
		"commit deadbeef, 1234567 and dead":    "commit `deadbeef`, `1234567` and dead",
		"José's so-called role":                "José's so-called role",
		"custom_role business_editor on Continent/Europe": "`custom_role business_editor` on `Continent/Europe`",
		fmt.Sprintf("wide%sspace", nbsp):                  "wide space",
		"line\nfeed":                                      "`line\\nfeed`",
		"":                                                "",
	} {
		if got := prose(s); got != want {
			t.Errorf("prose(%q) = %q, want %q", s, got, want)
		}
	}
}
