package render

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func annotationsOf(t fatal, d *plan.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Annotations(&b, d, Options{}); err != nil {
		t.Fatalf("%v", err)
	}
	return b.String()
}

func TestAnnotationsGolden(t *testing.T) {
	broken := dangerPlan()
	broken.Assertions = broken.Assert([]plan.AssertionName{plan.NoNewAdmin, plan.NoLoss})
	for _, c := range []struct {
		name string
		plan *plan.Document
	}{{"empty", emptyPlan()}, {"danger", dangerPlan()}, {"limits", limitPlan()}, {"refusal", refusalPlan()}, {"two", twoPlans()}, {"assertions", broken}} {
		t.Run(c.name, func(t *testing.T) {
			file := "testdata/" + c.name + ".annotations"
			got := annotationsOf(t, c.plan)
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
				t.Errorf("annotations differ (-want +got):\n%s", diff)
			}
		})
	}
}

// A workflowCommand is a line of output as the runner of GitHub Actions reads it.
type workflowCommand struct {
	name, message string
	properties    map[string]string
}

func parseCommand(line string) (c workflowCommand, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "::")
	info, message, closed := strings.Cut(rest, "::")
	if !ok || !closed {
		return c, false
	}
	name, properties, _ := strings.Cut(strings.TrimSpace(info), " ")
	c = workflowCommand{name: name, message: unescapedCommand(message), properties: map[string]string{}}
	for p := range strings.SplitSeq(properties, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		c.properties[key] = unescapedCommand(value)
	}
	return c, true
}

func unescapedCommand(s string) string {
	return strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(s)
}

// A name cannot make a command of its own, a property, or a second line.
func TestAnnotationsOfHostileNames(t *testing.T) {
	check := func(t fatal, d *plan.Document) {
		t.Helper()
		page := annotationsOf(t, d)
		count := map[string]int{}
		for line := range strings.Lines(page) {
			c, ok := parseCommand(strings.TrimSuffix(line, "\n"))
			if !ok || !slices.Contains([]string{"notice", "warning", "error"}, c.name) {
				t.Fatalf("%q is not an annotation", line)
			}
			count[c.name]++
			for key, value := range c.properties {
				if !slices.Contains([]string{"file", "line", "title"}, key) || strings.ContainsAny(value+c.message, "\r\n") {
					t.Fatalf("%q has the property %q = %q", line, key, value)
				}
			}
			if _, err := strconv.Atoi(c.properties["line"]); c.properties["file"] != "" && err != nil {
				t.Fatalf("%q is about no line", line)
			}
			for _, r := range line {
				if !text.Visible(r) && r != '\n' {
					t.Fatalf("%q has %q", line, r)
				}
			}
		}
		if strings.Contains(page, "##[") || strings.Contains(page, "##vso[") {
			t.Fatalf("a command of another CI system:\n%s", page)
		}
		if count["notice"] != 1 || count["warning"] > mostAnnotations || count["error"] > mostAnnotations {
			t.Fatalf("%v:\n%s", count, page)
		}
	}
	for _, s := range append(slices.Clone(markup), "::error::x", "\n::add-mask::ana", "##[error]x", "a,file=b", "a%0A::error::x", "##vso[task.complete]") {
		check(t, hostileDocument(func() string { return s }, false, true))
		check(t, hostileDocument(func() string { return s }, true, false))
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, hostileDocument(func() string { return hostileText().Draw(t, "text") }, rapid.Bool().Draw(t, "errors"), rapid.Bool().Draw(t, "limits")))
	})
}

// Danger comes first, and what GitHub does not show is counted.
func TestAnnotationsAreLimited(t *testing.T) {
	d := dangerPlan()
	for i := range 30 {
		d.Plans[0].Findings = append(d.Plans[0].Findings, schema.Finding{Severity: schema.Warning, Summary: fmt.Sprint("Warning ", i)})
	}
	page := annotationsOf(t, d)
	if n := strings.Count(page, "\n::warning "); n != mostAnnotations {
		t.Errorf("%d warnings:\n%s", n, page)
	}
	if !strings.Contains(page, "::zoe@zoo.example becomes administrator") ||
		!strings.HasSuffix(page, "::warning title=rolecall plan::25 more warnings are in the plan\n") {
		t.Errorf("danger is cut, or the others are not counted:\n%s", page)
	}
}
