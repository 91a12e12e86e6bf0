package providertest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A VariantsPage is the page of docs about what a product's documentation leaves
// open. Its generated part lists every variant, how rolecall handles it, and the known
// limitations.
type VariantsPage struct {
	Path             string
	Product          string // title: "Rose Rocket"
	Variants         []emulator.Variant
	Answers          map[string]string // how rolecall handles each variant, by name
	KnownLimitations []KnownLimitation
	Update           bool // rewrites the generated part
}

// Check compares the page with the variants, the answers and the known limitations.
func (p *VariantsPage) Check(t testing.TB) {
	t.Helper()
	for _, v := range p.Variants {
		if p.Answers[v.Name] == "" {
			t.Errorf("Answers does not say how rolecall handles %s", v.Name)
		}
	}
	if len(p.Answers) != len(p.Variants) {
		t.Errorf("%d answers to %d variants", len(p.Answers), len(p.Variants))
	}
	checkGenerated(t, p.Path, "generated", p.text(), p.Update)
}

func (p *VariantsPage) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## The %d variants\n\nThe first value is the default of the emulator.\n\n", len(p.Variants))
	b.WriteString("| variant | values | what is open | how rolecall handles it |\n| --- | --- | --- | --- |\n")
	for _, v := range p.Variants {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", v.Name, strings.Join(v.Values, "` `"), v.Doc, p.Answers[v.Name])
	}
	b.WriteString("\n## Known limitations\n\nUnder these variants no client can make the product do what the files declare. Under all others the conformance suite converges.\n\n" +
		"| variants | what happens |\n| --- | --- |\n")
	for _, o := range p.KnownLimitations {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(o.Under, "` `"), p.outcome(o))
	}
	return b.String() + "\n"
}

// outcome describes how a known limitation shows.
func (p *VariantsPage) outcome(o KnownLimitation) string {
	says := "“" + o.Message + "”"
	if len(o.Message) == 3 { // a status
		says = p.Product + " answers " + o.Message
	}
	switch {
	case o.GrantsExtra:
		return p.Product + " grants more than the plan showed; the next plan shows it and revokes it"
	case o.Finding != "":
		return fmt.Sprintf("the plan has the error `%s`", o.Finding)
	case o.Kind == "":
		return "no plan is made: " + says
	case o.Status == apply.Diverged:
		return fmt.Sprintf("the change of the %s is reported as diverged in %s", o.Kind, o.Message)
	}
	return fmt.Sprintf("the change of the %s fails: %s", o.Kind, says)
}

// CheckReadme compares the list of variants in README.md in the working directory with
// the table, or rewrites it. It returns the whole text.
func CheckReadme(t testing.TB, table []emulator.Variant, update bool) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| name | values | question |\n| --- | --- | --- |\n")
	for _, v := range table {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", v.Name, strings.Join(v.Values, "` `"), v.Doc)
	}
	return checkGenerated(t, "README.md", "variants", b.String(), update)
}

// checkGenerated compares the part of a file between two marks with a text, or
// rewrites it. It returns the whole text of the file.
func checkGenerated(t testing.TB, path, mark, text string, update bool) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->\n"
	head, rest, found := strings.Cut(string(data), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s lacks the marks of its generated part", path)
	}
	want := head + begin + text + end + tail
	if update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return want
	}
	if d := cmp.Diff(want, string(data)); d != "" {
		t.Errorf("%s: run go test -run %s -update here (-want +got):\n%s", path, t.Name(), d)
	}
	return string(data)
}
