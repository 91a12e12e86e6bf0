package render

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files of this package")

func terminal(t testing.TB, d *plan.Document, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Terminal(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTerminalGolden(t *testing.T) {
	for _, c := range []struct {
		name string
		plan *plan.Document
		o    Options
	}{
		{"zoo-60", zooPlan(), Options{Width: 60}},
		{"zoo-100", zooPlan(), Options{Width: 100}},
		{"zoo-160", zooPlan(), Options{Width: 160}},
		{"zoo-colour", zooPlan(), Options{Width: 100, Color: true}},
		{"role-60", rolePlan(), Options{Width: 60}},
		{"role-100", rolePlan(), Options{Width: 100}},
		{"role-160", rolePlan(), Options{Width: 160}},
		{"role-verbose", rolePlan(), Options{Width: 100, Verbose: true}},
		{"role-colour", rolePlan(), Options{Width: 100, Color: true}},
		{"removals", removalPlan(), Options{Width: 100}},
		{"removals-verbose", removalPlan(), Options{Width: 100, Verbose: true}},
		{"rename", renamePlan(), Options{Width: 100}},
		{"refusal", refusalPlan(), Options{Width: 100}},
		{"text-60", textPlan(), Options{Width: 60}},
		{"text-100", textPlan(), Options{Width: 100}},
		{"text-verbose", textPlan(), Options{Width: 100, Verbose: true}},
		{"text-colour", textPlan(), Options{Width: 100, Color: true}},
		{"roster", rosterPlan(1000), Options{Width: 100}},
		{"alike", alikePlan(), Options{Width: 100}},
		{"crowd", crowdPlan(), Options{Width: 100}},
		{"crowd-200", crowdPlan(), Options{Width: 200}},
		{"sections", sectionsPlan(), Options{Width: 100}},
		{"limits", limitPlan(), Options{Width: 100}},
		{"limits-60", limitPlan(), Options{Width: 60}},
		{"empty", emptyPlan(), Options{Width: 100}},
		{"two", twoPlans(), Options{}},
		{"steps", stepsPlan(), Options{Width: 100}},
		{"document", documentPlan(), Options{Width: 100}},
		{"matrix-80", matrixPlan(), Options{Width: 80}},
		{"matrix-140", matrixPlan(), Options{Width: 140}},
		{"matrix-verbose", matrixPlan(), Options{Width: 100, Verbose: true}},
		{"matrix-steps", matrixSteps(), Options{Width: 100}},
		{"danger-80", dangerPlan(), Options{Width: 80}},
		{"danger-140", dangerPlan(), Options{Width: 140}},
		{"danger-colour", dangerPlan(), Options{Width: 100, Color: true}},
		{"hostile", hostilePlan(), Options{Width: 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := "testdata/" + c.name + ".golden"
			got := terminal(t, c.plan, c.o)
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
				t.Errorf("page differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever becomes administrator is told first and last, in every width, however many are
// told in between.
func TestDangerIsFirstAndLastAndNeverSummarized(t *testing.T) {
	d := dangerPlan()
	for i := range 3000 {
		d.Plans[0].Danger = append(d.Plans[0].Danger, plan.Danger{Subject: address("user", fmt.Sprintf("x%04d@zoo.example", i)), Person: true, Administrator: true,
			Gained: []schema.Grant{{Right: "everything", Scope: "the whole organization", Via: "role ORG_ADMIN"}}})
	}
	for _, width := range []int{40, 80, 140} {
		page := terminal(t, d, Options{Width: width})
		if !strings.Contains(page, "+ create user.zoe@zoo.example") {
			t.Errorf("at %d columns the new administrator is folded away:\n%s", width, page)
		}
		first, _, _ := strings.Cut(page, "\n\nStopped by limits")
		for _, danger := range d.Plans[0].Danger {
			if !strings.Contains(first, danger.Subject.Key) {
				t.Errorf("at %d columns the first block does not name %s", width, danger.Subject.Key)
			}
		}
		_, last, _ := strings.Cut(page, "\nPlan: ")
		if _, phrase, _ := strings.Cut(last, "\nDanger: "); !strings.HasPrefix(phrase, "3,002") {
			t.Errorf("at %d columns the page ends with %q", width, last)
		}
	}
}

// Colour is for the eye only: without its escape sequences the page is the same.
func TestColorChangesNoText(t *testing.T) {
	escape := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, d := range []*plan.Document{zooPlan(), rolePlan(), removalPlan(), textPlan(), alikePlan(), sectionsPlan(), limitPlan(), refusalPlan(), dangerPlan()} {
		plain := terminal(t, d, Options{Width: 90})
		coloured := terminal(t, d, Options{Width: 90, Color: true})
		if diff := cmp.Diff(plain, escape.ReplaceAllString(coloured, "")); diff != "" {
			t.Errorf("colour changes the text (-without +with):\n%s", diff)
		}
		if plain == coloured {
			t.Error("there is no colour although it was asked for")
		}
	}
}

// Only a word that is too long by itself may stand out at the right.
func TestPageKeepsItsWidth(t *testing.T) {
	for _, width := range []int{60, 80, 100, 160, 200} {
		for _, d := range []*plan.Document{zooPlan(), rolePlan(), removalPlan(), textPlan(), alikePlan(), sectionsPlan(), limitPlan(), crowdPlan(), rosterPlan(40)} {
			for _, verbose := range []bool{false, true} {
				for line := range strings.Lines(terminal(t, d, Options{Width: width, Verbose: verbose})) {
					line = strings.TrimSuffix(line, "\n")
					if text.Width(line) > width && len(strings.Fields(line)) > 1 {
						t.Errorf("line is %d columns wide, the page %d:\n%s", text.Width(line), width, line)
					}
					if strings.TrimRight(line, " ") != line {
						t.Errorf("line ends with a space: %q", line)
					}
				}
			}
		}
	}
}

// What a product says reaches the terminal as text, never as a command to it.
func TestNothingUnprintableIsWritten(t *testing.T) {
	for _, verbose := range []bool{false, true} {
		for _, r := range terminal(t, hostilePlan(), Options{Verbose: verbose}) {
			if r != '\n' && !text.Visible(r) {
				t.Errorf("the page has %q", r)
			}
		}
	}
}

// A plan of any size is folded to a few screens, unless everything is asked for.
func TestManyChangesAreSummarized(t *testing.T) {
	d := rosterPlan(20_000)
	if n := strings.Count(terminal(t, d, Options{}), "\n"); n > 80 {
		t.Errorf("20,000 creations take %d lines", n)
	}
	full := map[string]bool{}
	for line := range strings.Lines(terminal(t, d, Options{Verbose: true})) {
		full[strings.TrimSuffix(line, "\n")] = true
	}
	for _, c := range d.Plans[0].Changes {
		if !full["  + create "+c.Addr.String()+"  roster.hcl:12"] {
			t.Fatalf("--verbose does not show %s", c.Addr)
		}
	}
}

// However many are removed, each is told.
func TestRemovalsAreNotSummarized(t *testing.T) {
	var p plan.Plan
	for i := range mostRemovals {
		p.Changes = append(p.Changes, remove(schema.Delete, object(&userKind, &user{Email: fmt.Sprintf("m%d@zoo.example", i)}), "gone"))
	}
	page := terminal(t, one(p), Options{})
	for i := range p.Changes {
		if a := p.Changes[i].Addr.String(); !strings.Contains(page, "delete "+a) {
			t.Errorf("the page does not name %s", a)
		}
	}
}

func TestFindings(t *testing.T) {
	var b bytes.Buffer
	err := Findings(&b, []schema.Finding{{Severity: schema.Warning, Addr: address("role", "x"), Pos: at("a.hcl", 3), Summary: "Odd role", Detail: "It is odd."}, {Summary: "Bad"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("  ! Odd role  role.x  a.hcl:3\n      It is odd.\n  ! Bad\n", b.String()); diff != "" {
		t.Error(diff)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReturned(t *testing.T) {
	if err := Terminal(brokenWriter{}, zooPlan(), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

func BenchmarkTerminal(b *testing.B) {
	for name, o := range map[string]Options{"folded": {}, "verbose": {Verbose: true}} {
		b.Run(name, func(b *testing.B) {
			d := rosterPlan(20_000)
			b.ReportAllocs()
			for b.Loop() {
				if err := Terminal(io.Discard, d, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTerminalUpdates(b *testing.B) {
	var p plan.Plan
	for i := range 20_000 {
		have := user{Email: fmt.Sprintf("m%05d@zoo.example", i), First: "Ana", CustomRole: "a"}
		want := have
		want.CustomRole = fmt.Sprint("r", i%3)
		p.Changes = append(p.Changes, update(object(&userKind, &have), object(&userKind, &want), schema.Pos{}, "custom_role"))
	}
	d := one(p)
	b.ReportAllocs()
	for b.Loop() {
		if err := Terminal(io.Discard, d, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
