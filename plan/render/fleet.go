package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/fleet"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// fleetGroups divides the tenants of a report that are shown by what matters most.
func fleetGroups(r *fleet.Report) (failed, danger, changed []*fleet.Tenant) {
	for i := range r.Tenants {
		switch t := &r.Tenants[i]; {
		case t.Failing():
			failed = append(failed, t)
		case t.Dangers != fleet.Dangers{}:
			danger = append(danger, t)
		case t.Changed():
			changed = append(changed, t)
		}
	}
	return failed, danger, changed
}

// fleetWhy says how a tenant failed: "apply, exit 4: no key for Partoo".
func fleetWhy(t *fleet.Tenant) (how, why string) {
	if t.Missing {
		return "", t.Why
	}
	how = fmt.Sprintf("exit %d", t.Exit)
	if t.Command != "" {
		how = t.Command + ", " + how
	}
	return how, t.Why
}

// Fleet writes a report for people: failures first.
func Fleet(w io.Writer, r *fleet.Report, o Options) error {
	var b strings.Builder
	style := text.Style(o.Color)
	failed, danger, changed := fleetGroups(r)
	item := func(s string) { b.WriteString(text.Indent(text.Clean(s), "    ", o.Width)[2:] + "\n") }
	section := func(title string, n int) bool {
		if n > 0 {
			fmt.Fprintf(&b, "%s\n", title)
		}
		return n > 0
	}
	if section(style.Error("Failed:"), len(failed)) {
		for _, t := range failed {
			how, why := fleetWhy(t)
			if how != "" {
				how += ": "
			}
			item(t.Tenant + ": " + how + why)
		}
		b.WriteString("\n")
	}
	if section("Results that cannot be read:", len(r.Broken)) {
		for i := range r.Broken {
			item(r.Broken[i].Place() + ": " + r.Broken[i].Why)
		}
		b.WriteString("\n")
	}
	for _, g := range []struct {
		title string
		of    []*fleet.Tenant
	}{{style.Warning("To be looked at first:"), danger}, {"With changes:", changed}} {
		if section(g.title, len(g.of)) {
			for _, t := range g.of {
				item(t.Tenant + ": " + strings.Join(t.Facts(), ", "))
			}
			b.WriteString("\n")
		}
	}
	if len(r.Unknown) > 0 {
		b.WriteString(text.Wrap("Not in the fleet: "+text.Clean(strings.Join(r.Unknown, ", ")), o.Width) + "\n\n")
	}
	b.WriteString(text.Wrap(r.Summary()+".", o.Width) + "\n")
	if cost := r.Cost(); cost != "" {
		b.WriteString(text.Wrap(cost+".", o.Width) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mostFleetLines is the number of tenants of a group that a comment lists.
const mostFleetLines = 100

// FleetMarkdown writes a report for a comment or a summary. Texts that come from results are in code.
func FleetMarkdown(w io.Writer, r *fleet.Report) error {
	var b strings.Builder
	failed, danger, changed := fleetGroups(r)
	fmt.Fprintf(&b, "## Fleet: %s\n", r.Summary())
	list := func(title string, n int, line func(i int) string) {
		if n == 0 {
			return
		}
		fmt.Fprintf(&b, "\n### %s\n\n", title)
		for i := range min(n, mostFleetLines) {
			b.WriteString("- " + line(i) + "\n")
		}
		if n > mostFleetLines {
			fmt.Fprintf(&b, "- and %s more\n", text.Number(n-mostFleetLines))
		}
	}
	list("Failed", len(failed), func(i int) string {
		how, why := fleetWhy(failed[i])
		if how != "" {
			how = " (" + how + ")"
		}
		return code(failed[i].Tenant) + how + ": " + prose(why)
	})
	list("Results that cannot be read", len(r.Broken), func(i int) string {
		return code(r.Broken[i].Place()) + ": " + r.Broken[i].Why
	})
	facts := func(of []*fleet.Tenant) func(i int) string {
		return func(i int) string { return code(of[i].Tenant) + ": " + strings.Join(of[i].Facts(), ", ") }
	}
	list("To be looked at first", len(danger), facts(danger))
	list("With changes", len(changed), facts(changed))
	list("Not in the fleet", len(r.Unknown), func(i int) string { return code(r.Unknown[i]) })
	if cost := r.Cost(); cost != "" {
		fmt.Fprintf(&b, "\n%s.\n", cost)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
