package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// evaluateRemoved reads a removed block: the object goes.
func (e *evaluator) evaluateRemoved(b *hcl.Block) {
	content := e.content(b, &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "provider"}}})
	t := e.tenantOf(b, b.Labels[0], content.Attributes["provider"])
	if t == nil {
		return
	}
	k := t.Product.Kind(b.Labels[0])
	switch {
	case k == nil:
		e.noKind(t, b.Labels[0], b.LabelRanges[0])
	case k.Virtual:
		e.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), capitalize(an(k.Name))+" cannot be removed",
			"%s exist in the files only, so rolecall has nothing in %s to remove. Delete this block.", capitalize(k.Many()), t.Product.Title))
	case k.UpdateOnly && !k.NoList:
		e.report(problem("config/unknown-kind", b.LabelRanges[0].Ptr(), capitalize(an(k.Name))+" cannot be removed",
			"%s never creates or deletes one on demand. Delete this block.", t.Product.Title))
	case !k.UpdateOnly && !slices.ContainsFunc(k.RemovalActions(), schema.Action.Writes):
		e.report(problem("config/no-removal", b.LabelRanges[0].Ptr(), capitalize(an(k.Name))+" cannot be removed",
			"The API of %s has no call that deletes one. Delete it in %[1]s by hand, and delete this block.", t.Product.Title))
	default:
		key, whole := k.NormalKey(b.Labels[1])
		if !whole {
			e.report(wrongParts(k, b.Labels[1], b.LabelRanges[1]))
			return
		}
		t.Removed, t.removedAt = append(t.Removed, schema.Removal{Kind: k.Name, Key: key, Pos: posOf(b.DefRange)}), append(t.removedAt, b.DefRange)
	}
}

// wrongParts reports a key with another number of parts than the kind's keys have.
func wrongParts(k *schema.Kind, key string, at hcl.Range) *hcl.Diagnostic {
	return problem("config/address", &at, "Not the key of "+an(k.Name), "%q is not written as %s. A slash within a name is written %%2F.", key, keyForm(k))
}

// keyForm shows how a key of the kind is written: "team/user".
func keyForm(k *schema.Kind) string {
	var names []string
	for _, row := range k.Keys() {
		names = append(names, row.Name)
	}
	return quoted(strings.Join(names, "/"))
}
