package html

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

var rewrite = flag.Bool("update", false, "rewrite the golden file of this package")

func write(t testing.TB, d *plan.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parse(t testing.TB, page string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// elements lists all elements with one of the names, or all of them.
func elements(root *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// textOf returns the text of a page as people read it, one line for each block.
func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(strings.Join(strings.FieldsFunc(n.Data, func(r rune) bool { return r == '\n' }), " "))
			return
		case n.Type == html.ElementNode && slices.Contains([]string{"style", "script", "head"}, n.Data):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode && slices.Contains([]string{"p", "div", "li", "dt", "dd", "h1", "h2", "h3", "h4", "summary", "label", "option"}, n.Data) {
			b.WriteByte('\n')
		}
	}
	walk(n)
	var out strings.Builder
	for line := range strings.Lines(b.String()) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func TestTextGolden(t *testing.T) {
	const file = "testdata/sample.golden"
	got := textOf(parse(t, write(t, sample(harmless))))
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("text of the page differs (-want +got):\n%s", diff)
	}
}

// skeleton lists the elements with the names of their attributes.
func skeleton(root *html.Node) []string {
	var out []string
	for _, n := range elements(root) {
		s := n.Data
		for _, a := range n.Attr {
			s += " " + a.Key
		}
		out = append(out, s)
	}
	return out
}

func TestNamesMakeNoMarkup(t *testing.T) {
	want := skeleton(parse(t, write(t, sample(func(s string) string { return s + "x" }))))
	for _, hostile := range []string{
		"<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><b>", "</title><img src=x onerror=alert(1)>",
		`"><b onclick="alert(1)`, "' onmouseover='alert(1)", "`", "javascript:alert(1)", "]]>", "<!--", "-->", "<![CDATA[", "&lt;b&gt;", "&#60;b&#62;",
		"\x00", "\u202e", "\u05d0\u05d1\u05d2", "\xff", "<svg/onload=alert(1)>", "{{.}}", "${1}", "%3Cb%3E", "#", "?a=b", "\u2028", "\r\t", "=1+1", "<plaintext>", "<base href=//evil.example>",
	} {
		page := write(t, sample(func(s string) string { return s + hostile }))
		root := parse(t, page)
		if diff := cmp.Diff(want, skeleton(root)); diff != "" {
			t.Errorf("%q changes the elements of the page (-want +got):\n%s", hostile, diff)
		}
		if clean := text.Clean("ana@zoo.example" + hostile); !strings.Contains(strings.ReplaceAll(textOf(root), "\n", " "), strings.Join(strings.Fields(clean), " ")) {
			t.Errorf("the page does not show %q as %q", hostile, clean)
		}
		for _, r := range page {
			if !text.Visible(r) && r != '\n' {
				t.Errorf("for %q the page has %U", hostile, r)
				break
			}
		}
		checkReferences(t, root)
	}
}

// checkReferences fails if the page refers to anything but its own elements.
func checkReferences(t *testing.T, root *html.Node) {
	t.Helper()
	ids := map[string]bool{}
	for _, n := range elements(root) {
		if id, ok := attribute(n, "id"); ok {
			if ids[id] || id == "" || strings.ContainsAny(id, " \t\n") {
				t.Errorf("id %q is empty, used twice or has white space", id)
			}
			ids[id] = true
		}
	}
	for _, n := range elements(root) {
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on") || slices.Contains([]string{"src", "srcset", "style", "action", "data", "ping", "background"}, a.Key):
				t.Errorf("<%s> has the attribute %s", n.Data, a.Key)
			case a.Key == "href" && n.Data == "link":
				if a.Val != "data:," {
					t.Errorf("<link> refers to %q", a.Val)
				}
			case a.Key == "href":
				fragment, ok := strings.CutPrefix(a.Val, "#")
				if !ok || !ids[fragment] {
					t.Errorf("<%s> refers to %q, which is not on the page", n.Data, a.Val)
				}
			case a.Key == "aria-labelledby" || a.Key == "for" || a.Key == "list":
				if !ids[a.Val] {
					t.Errorf("%s of <%s> names %q, which is not on the page", a.Key, n.Data, a.Val)
				}
			}
		}
	}
}

func TestPolicyAllowsOnlyItsOwnElements(t *testing.T) {
	root := parse(t, write(t, sample(harmless)))
	var policy string
	for _, n := range elements(root, "meta") {
		if v, _ := attribute(n, "http-equiv"); v == "Content-Security-Policy" {
			policy, _ = attribute(n, "content")
		}
	}
	for directive, element := range map[string]string{"style-src": "style", "script-src": "script"} {
		found := elements(root, element)
		if len(found) != 1 {
			t.Fatalf("the page has %d elements <%s>", len(found), element)
		}
		sum := sha256.Sum256([]byte(found[0].FirstChild.Data))
		want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !slices.Contains(strings.Split(policy, "; "), want) {
			t.Errorf("the policy %q has no %q", policy, want)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !slices.Contains(strings.Split(policy, "; "), want) {
			t.Errorf("the policy %q has no %q", policy, want)
		}
	}
}

// The page can be used by keyboard and with a screen reader: every control has a label, headings have
// no gaps, lists that open have a summary, and landmarks exist once.
func TestAccessibleStructure(t *testing.T) {
	two := sample(harmless)
	two.Plans = append(two.Plans, sample(harmless).Plans[0])
	for name, d := range map[string]*plan.Document{"one plan": sample(harmless), "two plans": two, "no changes": {Plans: []*plan.Plan{{Provider: "partoo"}}}} {
		root := parse(t, write(t, d))
		checkReferences(t, root)
		if lang, _ := attribute(elements(root, "html")[0], "lang"); lang != "en" {
			t.Errorf("%s: the language is %q", name, lang)
		}
		for _, landmark := range []string{"main", "header", "nav", "aside", "title", "h1", "footer"} {
			if n := len(elements(root, landmark)); n != 1 {
				t.Errorf("%s: %d elements <%s>", name, n, landmark)
			}
		}
		for _, n := range elements(root, "input", "select") {
			if n.Parent.Data != "label" || strings.TrimSpace(n.Parent.FirstChild.Data+n.Parent.LastChild.Data) == "" {
				t.Errorf("%s: <%s> has no label", name, n.Data)
			}
		}
		for _, n := range elements(root, "button", "a", "summary", "h1", "h2", "h3", "h4") {
			if label, _ := attribute(n, "aria-label"); strings.TrimSpace(textOf(n)+label) == "" {
				t.Errorf("%s: <%s> has no text", name, n.Data)
			}
		}
		for _, n := range elements(root, "details") {
			if first := elements(n)[0]; first.Data != "summary" {
				t.Errorf("%s: <details> begins with <%s>", name, first.Data)
			}
		}
		level := 0
		for _, n := range elements(root, "h1", "h2", "h3", "h4", "h5", "h6") {
			next := int(n.Data[1] - '0')
			if next > level+1 {
				t.Errorf("%s: heading %q of level %d follows one of level %d", name, textOf(n), next, level)
			}
			level = next
		}
	}
}

// A plan with errors has no changes on the page: what the files mean is unknown.
func TestPlanWithErrorsShowsOnlyFindings(t *testing.T) {
	d := sample(harmless)
	d.Plans[0].Findings = append(d.Plans[0].Findings, schema.Finding{Code: "plan/x", Summary: "Unknown role"})
	d.Plans = append(d.Plans, sample(harmless).Plans[0])
	root := parse(t, write(t, d))
	shown := textOf(root)
	for _, want := range []string{"1 error, cannot be applied", "error: Unknown role", "warning: Something is odd"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not say %q:\n%s", want, shown)
		}
	}
	for _, n := range elements(root) {
		if _, is := attribute(n, "data-item"); is {
			t.Errorf("the page shows a change:\n%s", shown)
		}
	}
	if strings.Contains(shown, "to create") {
		t.Errorf("the page counts changes:\n%s", shown)
	}
}

// Every change and every affected subject is on the page, however many there are.
func TestNothingIsLeftOut(t *testing.T) {
	const n = 500
	root := parse(t, write(t, large(n)))
	items, people := map[string]bool{}, map[string]bool{}
	for _, e := range elements(root) {
		if id, _ := attribute(e, "id"); strings.HasPrefix(id, "user.") {
			items[id] = true
		}
		if name, is := attribute(e, "data-person"); is && e.Data == "li" {
			people[name] = true
		}
	}
	if len(items) != n || len(people) < n-1 {
		t.Errorf("the page has %d of %d changes and %d of %d people", len(items), n, len(people), n)
	}
}

type brokenWriter struct{ left int }

var errFull = errors.New("disk full")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteReportsErrors(t *testing.T) {
	for _, room := range []int{0, 100_000} {
		if err := Write(&brokenWriter{room}, large(1000)); !errors.Is(err, errFull) {
			t.Errorf("with %d bytes left: %v", room, err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	d := large(10_000)
	for b.Loop() {
		var size countingWriter
		if err := Write(&size, d); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(size))
	}
}

type countingWriter int

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}
