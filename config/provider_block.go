package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A providerReader reads what is in one provider block.
type providerReader struct {
	*evaluator
	tenant *tenant
}

// evaluate reads what is in the block.
func (p *providerReader) evaluate() {
	body := bodyOf(p.tenant.Product.Settings, "protect", "privileged", "alias", "time_zone")
	body.Blocks = []hcl.BlockHeaderSchema{{Type: "manage", LabelNames: []string{"kind"}}, {Type: "limits"}}
	written, _, _ := p.tenant.block.Body.PartialContent(&hcl.BodySchema{Attributes: body.Attributes})
	n := p.namesIn(nil, "a provider block")
	mentions := map[string]uses{}
	for _, name := range slices.Sorted(maps.Keys(written.Attributes)) {
		mentions[name] = n.add(written.Attributes[name].Expr)
	}
	blocks := n.addAll(blockVariables(p.tenant.block.Body, &hcl.BodySchema{Blocks: body.Blocks}))
	s := &scope{n.context(), blocks}
	defer p.watch.during(p.tenant.block.DefRange)()
	inside := p.tenant.block.Body
	if !blocks.failed {
		inside = dynblock.Expand(inside, s.ctx)
	}
	content := p.contentOf(p.tenant.block, inside, body, blocks.secret)
	p.evaluateSettings(content, mentions, s.ctx)
	if a := content.Attributes["protect"]; a != nil && !mentions[a.Name].failed {
		p.evaluateProtect(a, &scope{s.ctx, mentions[a.Name]})
	}
	if a := content.Attributes["privileged"]; a != nil && !mentions[a.Name].failed {
		p.evaluatePrivileged(a, &scope{s.ctx, mentions[a.Name]})
	}
	p.tenant.setToday(p.now, time.UTC)
	if a := content.Attributes["time_zone"]; a != nil && !mentions[a.Name].failed {
		p.evaluateTimeZone(a, &scope{s.ctx, mentions[a.Name]})
	}
	if !blocks.failed {
		p.evaluateBlocks(content.Blocks, s)
	}
	p.tenant.observe()
	p.refuseSecond()
}

// refuseSecond reports a provider block for a tenant that has one: each would count
// administrators and removals without the other.
func (p *providerReader) refuseSecond() {
	if p.tenant.Product.Tenant == nil || p.tenant.Settings.Kind == nil {
		return
	}
	id := p.tenant.Product.Tenant(&p.tenant.Settings)
	for _, other := range p.tenants {
		if other == p.tenant {
			return
		}
		if id != "" && other.Product == p.tenant.Product && other.Settings.Kind != nil && other.Product.Tenant(&other.Settings) == id {
			p.report(problem("config/same-tenant", p.tenant.block.DefRange.Ptr(), "Two provider blocks for one tenant",
				"%s and %s are both for %s of %s. The last administrator and the limits can only be kept where one block says everything about a tenant. "+
					"Put what they manage into one block; tenants that only share the id, such as a sandbox, go into a directory of their own.",
				other.Name, p.tenant.Name, id, p.tenant.Product.Title))
			return
		}
	}
}

func (p *providerReader) evaluateBlocks(blocks hcl.Blocks, s *scope) {
	var limits *hcl.Block
	for _, b := range blocks {
		body, generated := b.Body.(interface{ Unknown() bool })
		switch {
		case generated && body.Unknown():
			p.report(problem(codeUnknownValue, b.DefRange.Ptr(), "Value is not known",
				"rolecall cannot determine the value of for_each in this dynamic block."))
		case b.Type == "manage":
			p.evaluateManage(b, s)
		case limits != nil:
			p.report(problem("config/duplicate", b.DefRange.Ptr(), "Limits are declared twice",
				"They were already declared at %s. Keep one of the two.", lineOf(limits.DefRange)))
		default:
			limits = b
			p.evaluateLimits(b, s)
		}
	}
}

// blockVariables lists what the blocks inside a provider block mention, and the
// dynamic blocks that make some.
func blockVariables(body hcl.Body, s *hcl.BodySchema) []hcl.Traversal {
	vars, inner := dynblock.WalkVariables(body).Visit(s)
	for _, child := range inner {
		names := manageBody
		if child.BlockTypeName == "limits" {
			names = limitsBody
		}
		more, _ := child.Node.Visit(names)
		vars = append(vars, more...)
	}
	return vars
}

// evaluateSettings fills the tenant's settings from the attributes of its block.
func (p *providerReader) evaluateSettings(content *hcl.BodyContent, mentions map[string]uses, ctx *hcl.EvalContext) {
	k := p.tenant.Product.Settings
	p.tenant.Settings = schema.Object{Kind: k, Addr: schema.Address{Provider: p.tenant.Name, Kind: k.Name}, Body: k.New(), Pos: p.tenant.Pos}
	f := &objectBuilder{reporter: p.reporter, tenant: p.tenant, block: p.tenant.block, object: &p.tenant.Settings, attrs: content.Attributes}
	for _, name := range misnamed(p.tenant.block.Body, bodyOf(k)) {
		if i := k.Index(name); i >= 0 {
			f.markBad(i)
		}
	}
	for _, fd := range p.fields(k, content.Attributes) {
		if u := mentions[k.Attributes[fd.index].Name]; u.failed {
			f.markBad(fd.index)
		} else {
			f.evaluate(fd.index, fd.expr, ctx, u.secret)
		}
	}
	f.checkRequired()
	f.validate()
}

// evaluateProtect reads the addresses that are never removed.
func (p *providerReader) evaluateProtect(a *hcl.Attribute, s *scope) {
	for _, e := range p.texts(a, s) {
		address := strings.TrimPrefix(e.text, p.tenant.Name+".")
		kind, key, dot := strings.Cut(address, ".")
		k := p.tenant.Product.Kind(kind)
		if k == nil || !dot || key == "" {
			p.report(withValue(p.notAnAddress(e), e.text, a.Expr))
			continue
		}
		if _, whole := k.NormalKey(key); !whole {
			p.report(withValue(wrongParts(k, key, e.at), e.text, a.Expr))
			continue
		}
		p.tenant.Protect = append(p.tenant.Protect, e.text)
	}
}

// evaluatePrivileged reads the rights that are privileged in place of the product's.
func (p *providerReader) evaluatePrivileged(a *hcl.Attribute, s *scope) {
	entries := p.texts(a, s)
	if entries == nil {
		return
	}
	p.tenant.Privileged = []string{}
	for _, e := range entries {
		if _, err := schema.ParsePrivilege(e.text); err != nil {
			p.report(withValue(problem("config/privileged", &e.at, "Not a right",
				"%s. An entry of privileged is a right as a plan prints it, with \"on\" and a place, or \"through\" and a role, if only those count. * matches any text.", err),
				e.text, a.Expr))
			continue
		}
		p.tenant.Privileged = append(p.tenant.Privileged, e.text)
	}
}

// notAnAddress reports an entry of protect that names no kind or no key.
func (p *providerReader) notAnAddress(e textAt) *hcl.Diagnostic {
	kind, key, dot := strings.Cut(e.text, ".")
	kinds := kindNames(p.tenant.Product)
	example := addressExample(p.tenant.Product)
	for _, separator := range [...]string{"/", ":", " "} {
		if kind, key, ok := strings.Cut(e.text, separator); ok && slices.Contains(kinds, kind) && key != "" {
			return problem("config/address", &e.at, "Not an address", "An entry of protect is a kind, a dot and a key. Write %q.", kind+"."+key)
		}
	}
	switch {
	case e.text == "":
		return problem("config/address", &e.at, "Empty address", "An entry of protect is a kind, a dot and a key, such as %q. Delete the empty one.", example)
	case slices.Contains(kinds, kind) && key == "":
		return problem("config/address", &e.at, "Address has no key", "%q names a kind only. Write the kind, a dot and the key of the object, such as %q.", e.text, example)
	case schema.Nearest(kind, kinds) == "":
		if hint := p.tenant.Product.BareEmail(e.text); hint != "" {
			return problem("config/address", &e.at, "Address has no kind", "%s", hint)
		}
	}
	if !dot {
		return problem("config/address", &e.at, "Not an address", "%q has no dot. An entry of protect is a kind, a dot and a key, such as %q.", e.text, example)
	}
	return problem("config/unknown-kind", &e.at, "Unknown kind "+quoted(kind),
		"%q is not an address such as %q: %s has no kind %q.%s", e.text, example, p.tenant.Product.Title, kind, suggestion(kind, kinds))
}

// addressExample is the address of an object that can be protected.
func addressExample(p *schema.Product) string {
	if k := p.Person(); k != nil && !k.Virtual {
		return k.Name + ".ana@zoo.example"
	}
	return cmp.Or(p.Planned()...) + ".key"
}

func kindNames(p *schema.Product) []string {
	var out []string
	for _, k := range p.Kinds {
		out = append(out, k.Name)
	}
	return out
}
