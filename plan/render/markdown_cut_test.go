package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// largePlan has n changes of each sort: deletes, updates, updates that are alike and creates, the
// latter of users of whom some become administrators.
func largePlan(n, administrators int) *plan.Document {
	p := plan.Plan{Unchanged: map[string]int{"user": n}}
	person := func(sort string, i int) user {
		return user{Email: fmt.Sprintf("%s%05d@zoo.example", sort, i), First: fmt.Sprintf("First%d", i), Last: "Night", Role: "BUSINESS_MANAGER", CustomRole: "store_editor"}
	}
	for i := range n {
		leaver, before, mover, joiner := person("leaver", i), person("editor", i), person("mover", i), person("joiner", i)
		after, moved := before, mover
		after.First, moved.CustomRole = fmt.Sprintf("Second%d", i), "store_viewer"
		joins := create(object(&userKind, &joiner), at("users.hcl", i+1))
		p.Changes = append(p.Changes, remove(schema.Delete, object(&userKind, &leaver), "no file declares it"),
			update(object(&userKind, &before), object(&userKind, &after), at("users.hcl", i+1), "first_name"),
			update(object(&userKind, &mover), object(&userKind, &moved), at("users.hcl", i+1), "custom_role"), joins)
		p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: address("user", leaver.Email), Lost: grantsOf(&editor, "custom_role store_editor", fmt.Sprint("S", i)), LosesAll: true},
			rights.Difference{Person: true, Subject: joins.Addr, Gained: grantsOf(&editor, "custom_role store_editor", fmt.Sprint("S", i))})
		if i < administrators {
			p.Danger = append(p.Danger, plan.Danger{Subject: joins.Addr, Person: true, Administrator: true, CausedBy: []schema.Address{joins.Addr},
				Gained: []schema.Grant{{Right: "everything", Scope: "the whole organization", Via: "role ORG_ADMIN"}}})
		}
	}
	return one(p)
}

// A page that is cut says what it lacks, and counts all of it.
func TestMarkdownCountsWhatIsCut(t *testing.T) {
	const n, administrators = 2_000, 30
	page := markdown(largePlan(n, administrators), mostMarkdown)
	if len(page) > mostMarkdown || len(page) < mostMarkdown*8/10 {
		t.Errorf("the page has %d bytes of %d", len(page), mostMarkdown)
	}
	lines := strings.SplitN(page, "\n", 5)
	if !strings.HasPrefix(lines[1], "## rolecall plan: danger; ") || lines[3] != "> [!WARNING]" || !strings.HasPrefix(lines[4], "> **This comment is not the whole plan**") {
		t.Errorf("the page does not begin by saying that it is cut:\n%s", strings.Join(lines, "\n"))
	}
	if strings.Contains(page, "rolecall apply") || !strings.Contains(page, "Digest of the whole plan, which this comment does not show: `sha256:") {
		t.Errorf("the page is to be approved:\n%s", page[len(page)-300:])
	}
	notice := lines[4]
	for _, sort := range []struct{ words, change string }{{"creates?", `\+ create user\.joiner`}, {"deletes?", `- delete user\.leaver`}, {"updates?", `! update user\.editor`}} {
		shown := len(regexp.MustCompile(`(?m)^`+sort.change).FindAllString(page, -1))
		all := n
		if sort.words == "updates?" {
			all = 2 * n // half of them are one block, which is too long
		}
		want := text.Number(all - shown)
		if !regexp.MustCompile(`[( ]` + want + ` ` + sort.words + `[, ;)]`).MatchString(notice) {
			t.Errorf("%s of %d are shown, and %s are not counted in:\n%s", sort.change, shown, want, notice)
		}
	}
	for i := range administrators {
		if name := fmt.Sprintf("joiner%05d", i); !strings.Contains(page, "`"+name+"@zoo.example`") || !strings.Contains(page, "\n+ create user."+name) {
			t.Errorf("%s becomes administrator, and is cut", name)
		}
	}
}

// What is riskier is cut later, and the page has at most the bytes that it may have.
func TestMarkdownIsCutFromTheHarmlessEnd(t *testing.T) {
	for _, d := range []*plan.Document{largePlan(60, 5), dangerPlan()} {
		for most := 6_000; most < 60_000; most += most / 2 {
			page := markdown(d, most)
			if len(page) > most {
				t.Errorf("the page has %d bytes of %d", len(page), most)
			}
			checkMarkdown(t, page)
			c := newComment(d, false)
			c.cut(most)
			first := rankRest + 1 // of the items that are omitted because the page is full
			for _, s := range c.sections {
				for i := range s.items {
					if it := &s.items[i]; it.state == omitted {
						if it.render(); len(it.text) > most/10 {
							continue
						}
						first = min(first, it.rank)
					}
				}
			}
			for _, s := range c.sections {
				for i := range s.items {
					if it := &s.items[i]; it.state != omitted && it.rank > first {
						t.Errorf("at %d bytes rank %d is kept, and some of rank %d is not:\n%s", most, it.rank, first, page)
					}
				}
			}
		}
	}
}

// If there are more administrators than a page can name, it counts them in its first lines.
func TestMarkdownCountsDangerThatDoesNotFit(t *testing.T) {
	page := markdown(largePlan(2_500, 2_500), mostMarkdown)
	shown := strings.Count(page[strings.Index(page, "[!CAUTION]"):], "`joiner")
	want := text.Number(2_500-shown) + " names that gain privileged rights"
	if notice := strings.SplitN(page, "\n", 6)[4]; len(page) > mostMarkdown || shown < 1_000 || !strings.Contains(notice, want) {
		t.Errorf("the page has %d bytes and %d names, and does not say %q:\n%.2000s", len(page), shown, want, page)
	}
	if !strings.Contains(page, "**Danger: 2,500 users become administrators**") {
		t.Errorf("the page does not count the administrators:\n%.2000s", page)
	}
}

// A name that is too long for a page does not hide what comes after it.
func TestMarkdownOfAVeryLongName(t *testing.T) {
	d := dangerPlan()
	d.Plans[0].Danger[3].Subject.Key = strings.Repeat("x", mostMarkdown)
	page := markdown(d, mostMarkdown)
	if !strings.Contains(page, "xxx…` becomes administrator") || !strings.Contains(page, "`new@zoo.example") || !strings.Contains(page, "Stopped by limits") || !strings.Contains(page, "not the whole plan") {
		t.Errorf("the page has too little:\n%.3000s", page)
	}
}

// Writing takes time and memory in proportion to the plan.
func TestMarkdownIsLinear(t *testing.T) {
	allocations := func(n int) float64 {
		d := largePlan(n, n/10)
		return testing.AllocsPerRun(1, func() { markdown(d, mostMarkdown) })
	}
	if small, large := allocations(100), allocations(400); large > 5*small {
		t.Errorf("4 times as many changes take %.0f allocations after %.0f", large, small)
	}
}

func BenchmarkMarkdown(b *testing.B) {
	for _, n := range []int{2_500, 10_000} {
		d := largePlan(n/4, n/400)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				markdown(d, mostMarkdown)
			}
		})
	}
}
