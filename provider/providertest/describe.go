package providertest

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// actions returns the action of every change by address.
func actions(changes []plan.Change) map[string]string {
	out := map[string]string{}
	for i := range changes {
		if c := &changes[i]; c.Action != schema.NoOp {
			out[c.Addr.String()] = c.Action.String()
		}
	}
	return out
}

func actionNames(expect map[string]schema.Action) map[string]string {
	out := map[string]string{}
	for address, action := range expect {
		out[address] = action.String()
	}
	return out
}

// outline returns the changes of a plan in their order, without positions in files.
func outline(p *plan.Plan) []string {
	var out []string
	for i := range p.Changes {
		out = append(out, fmt.Sprintf("%s needs %v", line(&p.Changes[i]), p.Changes[i].DependsOn))
	}
	return out
}

func line(c *plan.Change) string {
	s := fmt.Sprintf("%s %s %v", c.Action, c.Addr, names(c, c.Changed))
	if c.From != "" {
		s += " from " + c.From
	}
	for _, name := range names(c, c.Changed) {
		if c.Have != nil && c.Want != nil {
			s += fmt.Sprintf(" %s: %v -> %v", name, c.Have.Any(name), c.Want.Any(name))
		}
	}
	return s
}

// names returns the names of the attributes of a mask.
func names(c *plan.Change, m schema.Mask) []string {
	kind := c.Want
	if kind == nil {
		kind = c.Have
	}
	if kind == nil {
		return nil
	}
	var out []string
	for i := range kind.Kind.Attributes {
		if m.Has(i) {
			out = append(out, kind.Kind.Attributes[i].Name)
		}
	}
	return out
}

// reverse returns a file with its top-level blocks in reverse order.
func reverse(text string) (string, error) {
	file, diags := hclsyntax.ParseConfig([]byte(text), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		return "", diags
	}
	var b strings.Builder
	blocks := file.Body.(*hclsyntax.Body).Blocks
	for i := len(blocks) - 1; i >= 0; i-- {
		r := blocks[i].Range()
		b.WriteString(text[r.Start.Byte:r.End.Byte] + "\n")
	}
	return b.String(), nil
}
