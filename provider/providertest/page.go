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
// open. Its generated part holds every variant, what rolecall does about it, and the
// obstacles.
type VariantsPage struct {
	Path      string
	Product   string // as people write it: "Rose Rocket"
	Variants  []emulator.Variant
	Answers   map[string]string // what rolecall does about each variant, by name
	Obstacles []KnownLimitation
	Update    bool // rewrites the generated part
}

// Check holds the page against the variants, the answers and the obstacles.
func (p *VariantsPage) Check(t testing.TB) {
	t.Helper()
	for _, v := range p.Variants {
		if p.Answers[v.Name] == "" {
			t.Errorf("nothing says what rolecall does about %s", v.Name)
		}
	}
	if len(p.Answers) != len(p.Variants) {
		t.Errorf("%d answers to %d variants", len(p.Answers), len(p.Variants))
	}
	checkGenerated(t, p.Path, "generated", p.text(), p.Update)
}

func (p *VariantsPage) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## The %d variants\n\nThe first value is what the emulator does where nothing else is said.\n\n", len(p.Variants))
	b.WriteString("| variant | values | what is open | what rolecall does |\n| --- | --- | --- | --- |\n")
	for _, v := range p.Variants {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", v.Name, strings.Join(v.Values, "` `"), v.Doc, p.Answers[v.Name])
	}
	b.WriteString("\n## Where no client can make it right\n\nUnder all other readings the story converges.\n\n" +
		"| reading | what comes of it |\n| --- | --- |\n")
	for _, o := range p.Obstacles {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(o.Under, "` `"), p.outcome(o))
	}
	return b.String() + "\n"
}

// outcome says in words how an obstacle is met.
func (p *VariantsPage) outcome(o KnownLimitation) string {
	says := "“" + o.Says + "”"
	if len(o.Says) == 3 { // a status
		says = p.Product + " answers " + o.Says
	}
	switch {
	case o.Opens:
		return p.Product + " opens what was not shown; the next plan shows it and takes it back"
	case o.Finding != "":
		return fmt.Sprintf("the plan has the error `%s`", o.Finding)
	case o.Kind == "":
		return "no plan is made: " + says
	case o.Status == apply.Diverged:
		return fmt.Sprintf("the change of the %s is told as diverged in %s", o.Kind, o.Says)
	}
	return fmt.Sprintf("the change of the %s fails: %s", o.Kind, says)
}

// CheckReadme holds the list of variants in an emulator's README.md, which is in the
// working directory, against the table, or rewrites it. It returns the whole text.
func CheckReadme(t testing.TB, table []emulator.Variant, update bool) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| name | values | question |\n| --- | --- | --- |\n")
	for _, v := range table {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", v.Name, strings.Join(v.Values, "` `"), v.Doc)
	}
	return checkGenerated(t, "README.md", "variants", b.String(), update)
}

// checkGenerated holds the part of a file between two marks against a text, or
// rewrites it. It returns what the file then holds.
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
		t.Fatalf("%s has lost the marks of its generated part", path)
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
