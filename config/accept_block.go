package config

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

var acceptBody = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "provider"}, {Name: "until"}, {Name: "reason"}, {Name: "fingerprints"}}}

// evaluateAccept reads an accept block: some differences of a live object are known until a day.
func (e *evaluator) evaluateAccept(b *hcl.Block) {
	content := e.content(b, acceptBody)
	t := e.tenantOf(b, b.Labels[0], content.Attributes["provider"])
	until, reason, ok := e.acceptArguments(b, content)
	fingerprints := e.fingerprints(content.Attributes["fingerprints"])
	if t == nil || !ok {
		return
	}
	k := t.Product.Kind(b.Labels[0])
	switch {
	case k == nil:
		e.noKind(t, b.Labels[0], b.LabelRanges[0])
		return
	case k.Virtual:
		e.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), capitalize(an(k.Name))+" cannot be accepted",
			"%s exist in the files only, so they never differ from them. Delete this block.", capitalize(k.Many())))
		return
	}
	key, whole := k.NormalKey(b.Labels[1])
	if !whole {
		e.report(wrongParts(k, b.Labels[1], b.LabelRanges[1]))
		return
	}
	if i := slices.IndexFunc(t.Accepted, func(a schema.Acceptance) bool { return a.Kind == k.Name && a.Key == key }); i >= 0 {
		e.report(problem("config/duplicate", b.DefRange.Ptr(), "Accepted twice",
			"%s %q was already accepted at %s. Keep one of the two blocks.", capitalize(k.Name), key, fmt.Sprintf("%s line %d", t.Accepted[i].Pos.File, t.Accepted[i].Pos.Line)))
		return
	}
	t.Accepted = append(t.Accepted, schema.Acceptance{Kind: k.Name, Key: key, Until: until, Reason: reason, Fingerprints: fingerprints, Pos: posOf(b.DefRange)})
}

// fingerprints reads which differences are accepted. A block without them hides nothing yet, and
// drift says which ones to write.
func (e *evaluator) fingerprints(a *hcl.Attribute) (list []string) {
	if a == nil {
		return nil
	}
	for _, x := range e.texts(a, &scope{}) {
		s := strings.ToLower(x.text)
		if b, err := hex.DecodeString(s); err != nil || len(b) != schema.FingerprintSize {
			e.report(problem("config/invalid-value", &x.at, "Not a fingerprint",
				"%q is not the fingerprint of a difference. rolecall drift --verbose prints it.", x.text))
			continue
		}
		list = append(list, s)
	}
	return list
}

// acceptArguments reads the day and the reason, which are both required.
func (e *evaluator) acceptArguments(b *hcl.Block, content *hcl.BodyContent) (until, reason string, ok bool) {
	ok = true
	for _, x := range []struct {
		name, example string
		to            *string
	}{{"until", "2027-01-31", &until}, {"reason", "a contractor until the audit ends", &reason}} {
		a := content.Attributes[x.name]
		if a == nil {
			e.report(problem("config/missing-attribute", b.DefRange.Ptr(), "Attribute "+quoted(x.name)+" is missing",
				"An accept block says until when a difference is known, and why. Add %s = %q.", x.name, x.example))
			ok = false
			continue
		}
		val, valid := e.literal(a, cty.String)
		if ok = ok && valid; !valid {
			continue
		}
		if *x.to = strings.TrimSpace(val.AsString()); *x.to == "" {
			e.report(problem("config/invalid-value", a.Expr.Range().Ptr(), x.name+" is empty", "Write %s = %q.", x.name, x.example))
			ok = false
		}
	}
	if ok {
		if _, err := time.Parse(time.DateOnly, until); err != nil {
			e.report(problem("config/invalid-value", content.Attributes["until"].Expr.Range().Ptr(), "until is not a day",
				"%q is not a day such as \"2027-01-31\": a year, a month and a day. The difference is known up to and including that day, in UTC.", until))
			ok = false
		}
	}
	return until, reason, ok
}
