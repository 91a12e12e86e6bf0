package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// undeclared reports a reference to a block that is not there. It may be one whose
// provider is not known, which has been reported.
func (d *declarations) undeclared(at hcl.Range, g *group, path []string) {
	if d.unresolvedBlocks[reference(g.kind.Name, path)] {
		return
	}
	name := g.kind.Name + "." + strings.Join(path, ".")
	for _, t := range d.tenants {
		if other := t.groups[g.kind.Name]; other != nil && other != g && other.byLabel[labelsID(path)] != nil {
			d.report(problem(codeUndeclared, &at, quoted(name)+" belongs to another provider",
				"It is declared for provider %s, and a block can refer only to blocks of its own provider. Declare it for both.", t.Name))
			return
		}
	}
	d.report(problem(codeUndeclared, &at, quoted(name)+" is not declared",
		"No file has a block %s%s.%s To refer to an object that exists but is not declared, write its key in quotes.",
		g.kind.Name, quotedEach(path), d.suggestion(path[len(path)-1], len(g.resources), g.lastLabels)))
}

func quotedEach(labels []string) string {
	var b strings.Builder
	for _, s := range labels {
		fmt.Fprintf(&b, " %q", s)
	}
	return b.String()
}

func (n *scopeBuilder) unknownName(t hcl.Traversal) {
	root := t.RootName()
	if n.isKind(root) {
		why := "Resources are not known yet in " + n.where + "."
		if n.tenant != nil {
			why = fmt.Sprintf("This block belongs to provider %s, which has no kind %q. A block can refer only to blocks of its own provider.", n.tenant.Name, root)
		}
		n.report(problem("config/not-here", t.SourceRange().Ptr(), quoted(root)+" cannot be used here", "%s", why))
		return
	}
	known := []string{"var", "local"}
	if n.each {
		known = append(known, "each")
	}
	if n.check {
		known = append(known, "plan")
	}
	if n.tenant != nil {
		for _, k := range n.tenant.Product.Kinds {
			known = append(known, k.Name)
		}
	}
	hint := suggestion(root, known)
	_, kind, prefixed := strings.Cut(root, "_") // as in partoo_user
	switch advice := nameAdvice(root); {
	case len(t) == 1:
		hint += " A text must be in quotes."
	case advice != "":
		hint = " " + advice
	case prefixed && n.isKind(kind):
		hint = fmt.Sprintf(" Leave out the name of the product: write %s.", kind)
	}
	n.report(problem(codeUnknownName, t.SourceRange().Ptr(), "Unknown name "+quoted(root),
		"There is nothing called %s here.%s", root, hint))
}
