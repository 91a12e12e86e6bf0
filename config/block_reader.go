package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A blockReader reads what is in blocks and reports what does not belong there.
type blockReader struct {
	*reporter
	products []*schema.Product
}

// content takes a block apart and reports what does not belong there.
func (br *blockReader) content(b *hcl.Block, s *hcl.BodySchema) *hcl.BodyContent {
	return br.contentOf(b, b.Body, s, false)
}

// contentOf is content with a body in place of the block's, such as one whose dynamic
// blocks are expanded. Secret says that a sensitive variable is involved in that.
func (br *blockReader) contentOf(b *hcl.Block, body hcl.Body, s *hcl.BodySchema, secret bool) *hcl.BodyContent {
	content, diags := contentIn(body, s)
	withoutTraces(diags)
	br.report(explain(diags, secret)...)
	if native, ok := b.Body.(*hclsyntax.Body); ok {
		br.reportUnknown(b, native, s)
		return content
	}
	_, rest, _ := b.Body.PartialContent(&hcl.BodySchema{
		Attributes: s.Attributes, Blocks: append(slices.Clone(s.Blocks), hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"type"}}),
	})
	if diags.HasErrors() {
		return content
	}
	left, diags := rest.JustAttributes()
	br.report(diags...)
	for _, a := range left {
		if !hasAttribute(s, a.Name) {
			br.unknownAttribute(b, a.Name, a.NameRange, s)
		}
	}
	return content
}

// contentIn is PartialContent without the rest. A native body without blocks, as
// nearly all are, is read without the lists that the rest would need.
func contentIn(body hcl.Body, s *hcl.BodySchema) (*hcl.BodyContent, hcl.Diagnostics) {
	native, ok := body.(*hclsyntax.Body)
	if !ok || len(s.Blocks) > 0 {
		content, _, diags := body.PartialContent(s)
		return content, diags
	}
	content := &hcl.BodyContent{Attributes: make(hcl.Attributes, len(native.Attributes)), MissingItemRange: native.MissingItemRange()}
	for name, a := range native.Attributes {
		if hasAttribute(s, name) {
			content.Attributes[name] = a.AsHCLAttribute()
		}
	}
	return content, nil
}

// reportUnknown reports attributes and blocks of a native body that the schema does
// not have.
func (br *blockReader) reportUnknown(b *hcl.Block, body *hclsyntax.Body, s *hcl.BodySchema) {
	for _, a := range body.Attributes {
		if !hasAttribute(s, a.Name) {
			br.unknownAttribute(b, a.Name, a.NameRange, s)
		}
	}
	for _, inner := range body.Blocks {
		switch at := inner.TypeRange; {
		case hasAttribute(s, inner.Type):
			br.report(problem("config/unknown-attribute", &at, quoted(inner.Type)+" is an attribute, not a block",
				"Write it with an equals sign: %s = …", inner.Type))
		case hasBlock(s, inner.Type):
		case inner.Type == "dynamic" && len(s.Blocks) > 0:
			if len(inner.Labels) == 1 && !hasBlock(s, inner.Labels[0]) {
				br.report(problem(codeUnknownBlock, inner.LabelRanges[0].Ptr(), "Unknown block "+quoted(inner.Labels[0]),
					"%s has no block %q inside.%s", article(b.Type), inner.Labels[0], suggestion(inner.Labels[0], blockNames(s))))
			}
		case len(s.Blocks) == 0 && inner.Type == "dynamic":
			br.report(problem(codeUnknownBlock, &at, "A dynamic block cannot be used here",
				"%s has attributes only. Build the value with a for expression instead: [for x in … : …].", article(b.Type)))
		default:
			br.report(problem(codeUnknownBlock, &at, "Unknown block "+quoted(inner.Type),
				"%s has no block %q inside.%s", article(b.Type), inner.Type, adviceOr(innerBlockAdvice(inner.Type), inner.Type, blockNames(s))))
		}
	}
}

func (br *blockReader) unknownAttribute(b *hcl.Block, name string, at hcl.Range, s *hcl.BodySchema) {
	if hasBlock(s, name) {
		br.report(problem("config/unknown-attribute", &at, quoted(name)+" is a block, not an attribute", "Write it without an equals sign: %s { … }.", name))
		return
	}
	names := make([]string, 0, len(s.Attributes))
	for _, a := range s.Attributes {
		names = append(names, a.Name)
	}
	advice, secret := br.attributeAdvice(b, name)
	d := problem("config/unknown-attribute", &at, "Unknown attribute "+quoted(name),
		"%s has no attribute %q.%s", article(b.Type), name, adviceOr(advice, name, names))
	if e := d.Extra.(extra); secret {
		e.secret = true
		d.Extra = e
	}
	br.report(d)
}

// adviceOr is the half-sentence that says what to write: the advice if there is one,
// or the nearest of the candidates.
func adviceOr(advice, name string, candidates []string) string {
	if advice != "" {
		return " " + advice
	}
	return suggestion(name, candidates)
}

func hasAttribute(s *hcl.BodySchema, name string) bool {
	return slices.ContainsFunc(s.Attributes, func(a hcl.AttributeSchema) bool { return a.Name == name })
}

func hasBlock(s *hcl.BodySchema, typ string) bool { return slices.Contains(blockNames(s), typ) }

func blockNames(s *hcl.BodySchema) []string {
	var out []string
	for _, b := range s.Blocks {
		out = append(out, b.Type)
	}
	return out
}

// misnamed lists the attributes of a schema that a block sets under a wrong name, as
// permissions under "permission", or writes as a block. The wrong name is reported;
// that the attribute is not set follows from it and is not.
func misnamed(body hcl.Body, s *hcl.BodySchema) []string {
	var names, out []string
	for _, a := range s.Attributes {
		names = append(names, a.Name)
	}
	written, _ := body.JustAttributes() // reports the blocks, which are reported already
	for name := range written {
		if hasAttribute(s, name) {
			continue
		}
		if meant := schema.Nearest(name, names); meant != "" && written[meant] == nil {
			out = append(out, meant)
		}
	}
	if native, ok := body.(*hclsyntax.Body); ok {
		for _, b := range native.Blocks {
			if hasAttribute(s, b.Type) && written[b.Type] == nil {
				out = append(out, b.Type)
			}
		}
	}
	return out
}
