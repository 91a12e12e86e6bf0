package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A legacyPrinter prints what the legacy permissions of an organization are.
type legacyPrinter struct {
	*Streams
	*partoo.Legacy
	text.Style
	width int
}

// printLegacy prints a Legacy for people.
func printLegacy(s *Streams, l *partoo.Legacy, dir string, o *legacyOptions) {
	p := &legacyPrinter{s, l, text.Style(s.Color), s.helpWidth()}
	p.line("", p.Bold(fmt.Sprintf("partoo: organization %s %s", text.Clean(l.Tenant), text.Quote(l.Organization))))
	p.status()
	p.used(o)
	p.futures()
	if len(l.Inexpressible) > 0 {
		p.heading("What custom roles cannot reproduce")
		for _, why := range l.Inexpressible {
			p.item(why)
		}
	}
	if !l.HasSwitched {
		what := "write the switch, the built-in roles and who needs a role"
		if n := p.newRoles(); n > 0 {
			what = "write " + text.Count(n, "role that keeps", "roles that keep") + " what everybody can do"
		}
		printSteps(s, [][2]string{
			{commandLine("partoo legacy --generate "+text.ShellWord(dir), dir), what},
			{commandLine("partoo legacy --json", dir) + " > before.json", "save what Partoo deletes some day"},
		})
	}
}

func (p *legacyPrinter) line(indent, s string) {
	fmt.Fprintln(p.Out, text.Indent(s, indent, p.width))
}
func (p *legacyPrinter) heading(s string) { fmt.Fprintf(p.Out, "\n%s\n", p.Bold(s)) }
func (p *legacyPrinter) item(s string)    { p.line("  ", text.Clean(s)) }

func (p *legacyPrinter) newRoles() int {
	n := 0
	for _, r := range p.Roles {
		if !r.Exists {
			n++
		}
	}
	return n
}

func (p *legacyPrinter) status() {
	switch {
	case p.HasSwitched && p.FieldsKnown:
		p.item("Custom roles decide what people can do. The legacy data still exist, so the switch can be taken back.")
	case p.HasSwitched:
		p.item("Custom roles decide what people can do. Partoo shows no Business Fields to this key: it has deleted the legacy data, and the switch cannot be taken back, or the key is not an ORG_ADMIN's.")
	default:
		p.item("The legacy permissions decide what people can do. " + text.Choose(p.CanSwitch, "This key may switch.", "This key may not switch; use the key of an ORG_ADMIN, or ask Partoo."))
		p.item("Partoo announced six months from the release of custom roles; then it switches every organization and deletes the legacy data. Its API does not say when that is.")
	}
}

func (p *legacyPrinter) used(o *legacyOptions) {
	p.heading("Business Fields")
	switch {
	case !p.FieldsKnown:
		p.item("Partoo does not show them.")
	case len(p.ClosedFields) == 0:
		p.item("All are open for group and business managers.")
	default:
		p.item(fmt.Sprintf("Closed for group and business managers: %s (%s open).", text.And(p.ClosedFields), text.Number(len(p.OpenFields))))
	}
	switch {
	case p.Businesses == nil && (!p.HasSwitched || !p.FieldsKnown): // the last part says so, or there is nothing to read
	case p.Businesses == nil:
		p.item("Those of single businesses were not read; --businesses reads them, with one request each.")
	case len(p.Businesses) == 0:
		p.item("No business has other ones.")
	default:
		p.item(text.Count(len(p.Businesses), "business has", "businesses have") + " fields that are closed only there.")
	}
	p.heading("Sidebar Pages")
	longest, most := 0, 0
	for _, page := range p.Legacy.Pages {
		longest, most = max(longest, len(page.Page)), max(most, len(withoutIt(page)))
	}
	for _, page := range p.Legacy.Pages {
		stands := "no known permission"
		if n := len(page.Permissions); n > 0 {
			stands = text.Count(n, "permission", "permissions")
		}
		p.item(fmt.Sprintf("%-*s  %-*s  %s", longest, page.Page, most, withoutIt(page), stands))
	}
	empty := 0
	for _, u := range p.People {
		if len(u.Pages) == 0 {
			empty++
		}
	}
	if p.HasSwitched && empty > 0 {
		p.item(fmt.Sprintf("Partoo shows an empty list for %s. If that is because it deleted the data, use an earlier output with --saved.", text.Count(empty, "user", "users")))
	}
	if p.HasSwitched && len(p.People) == 0 {
		p.item("Partoo shows no user without a page. If that is because it deleted the data, use an earlier output with --saved.")
	}
}

func withoutIt(page partoo.LegacyPageUse) string {
	return text.Count(page.Without, "user", "users") + " without it"
}

// futures prints what each group of users gains and loses.
func (p *legacyPrinter) futures() {
	p.heading(text.Choose(p.HasSwitched, "Who can do more than the sidebar pages allowed", "What everybody gains or loses"))
	same, shown := 0, 0
	for _, g := range p.Groups {
		if len(g.SwitchOnly.Gained)+len(g.SwitchOnly.Lost) == 0 && g.Known {
			same += len(g.Users)
			continue
		}
		shown++
		p.group(&g)
	}
	switch {
	case p.HasSwitched && shown == 0:
		p.item("Nobody, as far as is known.")
	case same > 0 && !p.HasSwitched:
		p.item(fmt.Sprintf("%s neither %s nor %s rights in any of the three.", text.Count(same, "other user", "other users"),
			text.Choose(same == 1, "gains", "gain"), text.Choose(same == 1, "loses", "lose")))
	}
}

func (p *legacyPrinter) group(g *partoo.LegacyGroup) {
	who := text.Count(len(g.Users), "user without a user role", "users without a user role")
	if g.Role != "" {
		who = text.Count(len(g.Users), g.Role, g.Role+"s")
	}
	if g.CustomRole != "" && g.CustomRole != g.Role {
		who += " with the role " + g.CustomRole
	}
	if len(g.Without) > 0 {
		who += " without " + text.And(g.Without)
	}
	p.item(who + ": " + text.List(g.Users, 5))
	if !g.Known {
		p.line("    ", "What they can do is not documented.")
		return
	}
	changes := p.describe(g.SwitchOnly)
	if p.HasSwitched {
		p.line("    ", text.Clean(strings.Replace(changes, "gain ", "have ", 1)))
		return
	}
	row := func(future, what string) {
		head := fmt.Sprintf("    %-15s  ", future)
		fmt.Fprintln(p.Out, head+text.Indent(text.Clean(what), strings.Repeat(" ", len(head)), p.width)[len(head):])
	}
	row("do nothing", "as now until Partoo switches everybody, then as below")
	row("switch only", changes)
	row("generated roles", cmp.Or(p.describe(g.Generated), "as now")+", with the role "+g.Assigned)
}

// describe says what is gained and lost, by sidebar page where permissions belong to one; "" if nothing is.
func (p *legacyPrinter) describe(c partoo.LegacyChange) string {
	var parts []string
	if len(c.Gained) > 0 {
		parts = append(parts, "gain "+text.List(p.features(c.Gained), 9))
	}
	if len(c.Lost) > 0 {
		parts = append(parts, "lose "+text.List(p.features(c.Lost), 9))
	}
	return strings.Join(parts, " and ")
}

// features folds permissions into the sidebar pages that they belong to.
func (p *legacyPrinter) features(permissions []string) []string {
	var out, rest []string
	rest = slices.Clone(permissions)
	for _, page := range p.Legacy.Pages {
		before := len(rest)
		rest = slices.DeleteFunc(rest, func(s string) bool { return slices.Contains(page.Permissions, s) })
		if n := before - len(rest); n > 0 {
			out = append(out, fmt.Sprintf("%s (%s)", page.Page, text.Count(n, "permission", "permissions")))
		}
	}
	return append(out, rest...)
}
