package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// allow reads which lints the block silences, and why.
func (f *objectBuilder) allow(a *hcl.Attribute, ctx *hcl.EvalContext, secret bool) {
	val, diags := evaluateExpr(a.Expr, ctx)
	f.reportMistake(explain(diags, secret)...)
	if diags.HasErrors() || val.IsNull() {
		return
	}
	m := notReasons(val)
	if m == nil {
		lints := f.tenant.Product.Lints()
		for it := val.ElementIterator(); it.Next() && m == nil; {
			name, reason := it.Element()
			m = f.silence(lints, name.AsString(), reason)
		}
	}
	if m != nil {
		f.reportMistake(m.at(a.Name, a.Expr, a.Expr.Range(), secret))
	}
}

// notReasons reports what is no map of reasons.
func notReasons(val cty.Value) *mistake {
	if typ := val.Type(); !val.IsKnown() || !typ.IsObjectType() && !typ.IsMapType() {
		return wrongType("must say which warning and why", "This is %s. Write a reason for each warning: allow = { unused = \"kept for the audit in March\" }.", describe(val))
	}
	return nil
}

// silence notes the reason for one lint.
func (f *objectBuilder) silence(lints []schema.Lint, name string, reason cty.Value) *mistake {
	i := slices.IndexFunc(lints, func(l schema.Lint) bool { return l.Name() == name })
	if i < 0 {
		names := make([]string, len(lints))
		for i := range lints {
			names[i] = lints[i].Name()
		}
		_, short, _ := strings.Cut(name, "/")
		if slices.Contains(names, short) {
			return &mistake{code: "config/unknown-entry", member: -1, entry: name, summary: "names no warning " + quoted(name),
				detail: "Write the name without what stands before the slash: " + short + "."}
		}
		return &mistake{code: "config/unknown-entry", member: -1, entry: name, summary: "names no warning " + quoted(name),
			detail: "A block can silence the warnings of rolecall lint." + suggestion(name, names)}
	}
	text, m := plainText(reason)
	switch {
	case m != nil:
		m.entry = name
		return m
	case strings.TrimSpace(text) == "":
		return &mistake{code: "config/empty", member: -1, entry: name, summary: "gives no reason for " + name,
			detail: "A warning is silenced with a reason, for those who read the file later, such as \"kept for the audit in March\"."}
	}
	if f.object.Allow == nil {
		f.object.Allow = map[string]string{}
	}
	f.object.Allow[lints[i].Code] = text
	return nil
}

// linkNamed notes which objects expressions name.
func (l *linker) linkNamed() {
	t := l.tenant
	t.Named = map[schema.Address]bool{}
	for _, k := range t.Product.Kinds {
		if k.Subject {
			continue
		}
		for _, r := range t.groups[k.Name].resources {
			for i := range r.instances {
				if in := &r.instances[i]; in.object.Addr.Key != "" && (r.named || in.taken != 0) {
					t.Named[in.object.Addr] = r.part
				}
			}
		}
	}
}
