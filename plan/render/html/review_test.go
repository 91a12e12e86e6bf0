package html

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/review"
)

// people is a review of n people, of whom every 10th is declared by no file. name changes names from outside.
func people(n int, name func(string) string) *review.Document {
	t := &review.Tenant{Provider: "partoo", Product: "partoo", Tenant: name("42"), Endpoint: "emulator", Source: "live", Complete: true, Notes: []string{name("A note.")}}
	for i := range 5 {
		t.Ways = append(t.Ways, &review.Way{
			Number: i, Via: name(fmt.Sprintf("custom_role r%d", i)), Rights: []string{name("edit"), "reply", "a", "b", "c", "d", "e", "f", "g"}, Scopes: []string{name("Class/Birds")}, Places: 1,
			Privileged: i == 1, Chain: []review.Link{{Address: name("role.r"), Position: review.Position{Origin: access.Declared, File: "roles.hcl", Line: 3}}},
		})
	}
	t.Ways = append(t.Ways, &review.Way{Number: 5, Via: "role ORG_ADMIN", Rights: []string{"everything"}, Scopes: []string{"the whole organization"}, All: true, Everywhere: true, Privileged: true})
	t.PlaceSets = [][]string{{"1", "2"}}
	for i := range n {
		p := &review.Person{Kind: "user", Key: name(fmt.Sprintf("u%05d@zoo.example", i)), Name: name("Ana Diaz"), User: true, State: review.Active}
		p.Position = review.Position{Origin: access.Declared, File: name("people.hcl"), Line: i + 1, Commit: review.Commit{ID: strings.Repeat("c", 40), Author: name("Vera <vera@zoo.example>"), Date: "2026-01-02T03:04:05Z"}}
		w := t.Ways[i%6]
		p.Holds = []review.Hold{{Number: w.Number, Way: w, Until: "2026-12-31", Reason: name("a reason")}}
		p.Administrator, p.Privileged = w.All, w.Privileged
		switch i % 10 {
		case 3:
			p.Orphan, p.Position = true, review.Position{Origin: access.LiveOnly}
		case 5:
			p.State, p.Holds, p.Administrator, p.Privileged = review.Disabled, nil, false, false
		case 7:
			p.State, p.Holds, p.Administrator, p.Privileged = review.Invited, nil, false, false
		case 9:
			p.Commit = review.Commit{NotCommitted: true}
		}
		t.People = append(t.People, p)
	}
	t.Since = &review.Since{At: "2025-12-31T00:00:00Z", Complete: true, Changes: []review.Change{
		{What: review.Added, Kind: "user", Key: t.People[0].Key, Name: name("Ana"), Gained: []review.Delta{{Rights: []string{name("edit")}, Scopes: []string{name("A01")}, Via: name("role")}}},
		{What: review.Removed, Kind: "user", Key: name("gone@zoo.example")},
	}}
	return &review.Document{FormatVersion: review.Format, Version: "1", At: "2026-03-31T08:00:00Z", Complete: true, Tenants: []*review.Tenant{t}}
}

func writeReview(t testing.TB, d *review.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteReview(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Everybody is on the page once, in the section that is about them, and names cannot become markup.
func TestReviewPage(t *testing.T) {
	hostile := func(s string) string { return s + `<script>window.hit=1</script>"'&` }
	for name, of := range map[string]func(string) string{"harmless": harmless, "hostile": hostile} {
		root := parse(t, writeReview(t, people(30, of)))
		if n := len(elements(root, "script")); n != 1 {
			t.Errorf("%s: %d scripts", name, n)
		}
		counts := map[string]int{}
		ids := map[string]bool{}
		for _, e := range elements(root) {
			if id, ok := attribute(e, "id"); ok {
				if ids[id] {
					t.Errorf("%s: the id %s stands twice", name, id)
				}
				ids[id] = true
			}
			if role, _ := attribute(e, "data-item"); role == "counted" {
				up := e.Parent
				for ; up.Data != "section"; up = up.Parent {
				}
				section, _ := attribute(up, "aria-labelledby")
				counts[section]++
			}
		}
		want := map[string]int{"orphans": 3, "administrators": 2, "privileged": 2, "others": 17, "without-rights": 3, "disabled": 3}
		if fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", name, counts, want)
		}
		text := textOf(root)
		for _, words := range []string{"Since 2025-12-31: 1 added, 1 removed, 0 changed", "30 users: ", "not committed"} {
			if !strings.Contains(text, words) {
				t.Errorf("%s: the page does not say %q", name, words)
			}
		}
		links(t, root, ids)
	}
}

// links checks that each link within the page leads somewhere.
func links(t *testing.T, root *html.Node, ids map[string]bool) {
	t.Helper()
	for _, a := range elements(root, "a") {
		if to, _ := attribute(a, "href"); !ids[strings.TrimPrefix(to, "#")] {
			t.Errorf("the link to %s leads nowhere", to)
		}
	}
}

// What could not be read is said at the top.
func TestReviewPageOfPart(t *testing.T) {
	d := people(3, harmless)
	d.Complete, d.Tenants[0].Complete, d.Tenants[0].NotSeen = false, false, []string{"The users of Partoo could not be read: no."}
	d.Tenants[0].People[0].Incomplete = true
	text := textOf(parse(t, writeReview(t, d)))
	for _, words := range []string{"At least 3 users", "The users of Partoo could not be read: no.", "Not everything that gives this person rights could be read."} {
		if !strings.Contains(text, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
}

func TestBrowserReview(t *testing.T) {
	b := newBrowser(t)
	long := func(s string) string { return s + strings.Repeat("x", 60) }
	for _, width := range []int64{320, 400, 1400} {
		tab := b.openPage(t, writeReview(t, people(60, long)), "", chromedp.EmulateViewport(width, 800))
		tab.set("open", "")
		if got := eval[int64](tab, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("at %d pixels the page is %d wide", width, got)
		}
		if bad := eval[[]string](tab, contrast); len(bad) > 0 {
			t.Errorf("too little contrast: %q", bad)
		}
		tab.quiet()
	}
	tab := b.openPage(t, writeReview(t, people(60, harmless)), "#user.u00013@zoo.example")
	tab.wait("a link to a person", `document.getElementById('user.u00013@zoo.example').open`)
	status := func(what, want string) {
		t.Helper()
		if got := eval[string](tab, `document.getElementById('shown').textContent`); got != want {
			t.Errorf("%s: the page says %q, want %q", what, got, want)
		}
	}
	status("at first", "60 people")
	for _, x := range []struct{ name, value, want string }{
		{"state", "disabled", "6 of 60 shown"}, {"declared", "live only", "6 of 60 shown"}, {"role", "custom_role r2", "10 of 60 shown"},
		{"person", "u00013", "1 of 60 shown"}, {"danger", "", "12 of 60 shown"}, {"search", "vera@zoo", "48 of 60 shown"},
	} {
		tab.set(x.name, x.value)
		status(x.name, x.want)
		tab.run(chromedp.Click(chromedp.CSS(`form [name="clear"]`)))
	}
	tab.quiet()
}

// A filter is quick with thousands of people.
func TestBrowserLargeReview(t *testing.T) {
	tab := newBrowser(t).openPage(t, writeReview(t, people(10_000, harmless)), "")
	ms := eval[float64](tab, `(() => {
		const start = performance.now();
		const search = document.querySelector('[name=search]');
		search.value = 'u00421';
		search.dispatchEvent(new InputEvent('input', { bubbles: true }));
		document.documentElement.getBoundingClientRect();
		return performance.now() - start;
	})()`)
	t.Logf("one keystroke takes %.0f ms", ms)
	if got := eval[string](tab, `document.getElementById('shown').textContent`); got != "1 of 10,000 shown" {
		t.Errorf("the page says %q", got)
	}
	tab.quiet()
}

// BenchmarkReview writes the page of 100,000 people.
func BenchmarkReview(b *testing.B) {
	d := people(100_000, harmless)
	for b.Loop() {
		writeReview(b, d)
	}
}
