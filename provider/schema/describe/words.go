// Package describe describes the configuration of a product from the tables that decode it: as
// text for a terminal, as Markdown for the reference, as JSON for programs, and as a JSON
// Schema for editors.
//
// Equal tables give equal bytes.
package describe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// typeWords is the attribute's type as a person would say it, with what it
// refers to: "set of group keys".
func typeWords(a *schema.Attribute) string {
	if len(a.Kinds) == 0 {
		switch a.Type {
		case schema.TypeSet:
			return "list of strings"
		case schema.TypeSets:
			return "list of lists of strings"
		case schema.TypeMap:
			return "map of strings"
		case schema.TypeBoolMap:
			return "map of true or false"
		case schema.TypeSetMap:
			return "map of lists of strings"
		}
		return a.Type.String()
	}
	what := text.Or(a.Kinds)
	switch a.Type {
	case schema.TypeSet:
		return "list of " + what
	case schema.TypeSets:
		if a.Via != "" {
			return "list of " + a.Via + ", or of lists of " + what
		}
		return "list of lists of " + what
	case schema.TypeMap:
		return "map of " + what
	case schema.TypeSetMap:
		return "map of lists of " + what
	}
	return what
}

// rules describes the attribute's flags, the most important first.
func rules(k *schema.Kind, a *schema.Attribute) []string {
	var out []string
	add := func(f schema.Flags, text string) {
		if a.Is(f) {
			out = append(out, text)
		}
	}
	switch {
	case a.Is(schema.Key) && keys(k) > 1:
		out = append(out, "part of the key")
	case a.Is(schema.Key):
		out = append(out, "key")
	}
	switch {
	case a.Is(schema.Label):
		out = append(out, "default: the label")
	case a.Is(schema.Required):
		out = append(out, "required")
	}
	add(schema.Immutable, "cannot be changed later")
	add(schema.WriteOnce, "only for new objects")
	if k.Expand == nil {
		add(schema.ConfigOnly, "looked up, never compared")
	} else {
		add(schema.ConfigOnly, "declares other objects in short")
	}
	add(schema.ReadOnly, "read only: cannot be set")
	add(schema.Computed, "computed: cannot be set")
	add(schema.MergeEntries, "what is not named stays as it is")
	add(schema.WeakRef, "need not exist")
	add(schema.EmptyMayMeanAll, "an empty list from an expression is an error")
	add(schema.Steering, "part of what is approved")
	add(schema.OwnedBy, "deleted with the object that it names")
	if k.Subject { // of what others hold, such as a role, the own user is one holder among many
		add(schema.CarriesRights, "never changed on the key's own user")
	}
	return out
}

func keys(k *schema.Kind) int { return k.Having(schema.Key).Len() }

// settable reports whether a file may set the attribute.
func settable(a *schema.Attribute) bool { return a.Flags&(schema.ReadOnly|schema.Computed) == 0 }

// declarable reports whether a file may set more than the key.
func declarable(k *schema.Kind) bool {
	return slices.ContainsFunc(k.Attributes, func(a schema.Attribute) bool { return settable(&a) && !a.Is(schema.Key) })
}

// traits are what is special about a kind, in full sentences.
func traits(p *schema.Product, k *schema.Kind) []string {
	var out []string
	switch {
	case k.Virtual:
		out = append(out, fmt.Sprintf("%s itself has no such object, so there is none to manage or to remove.", p.Title))
	case k.UpdateOnly && !declarable(k):
		out = append(out, fmt.Sprintf("It exists in %s already: files refer to it, and rolecall never creates, changes or deletes it.", p.Title))
	case k.UpdateOnly:
		out = append(out, fmt.Sprintf("It exists in %s already: it is never created or deleted, only changed, and keeps what it has when it leaves the files.", p.Title))
	}
	if k.Subject {
		out = append(out, "It holds rights, so limits and protection count it.")
	}
	if k.Grantee != "" {
		out = append(out, fmt.Sprintf("Its rights belong to its %s: plans report them, and protecting the %[1]s protects it.", text.Words(k.Grantee)))
	}
	if k.NoList {
		out = append(out, fmt.Sprintf("%s has no list of them: rolecall looks at those that files declare, and knows of no others.", p.Title))
	}
	for i := range k.Attributes {
		if a := &k.Attributes[i]; a.Is(schema.OwnedBy) {
			out = append(out, fmt.Sprintf("It is deleted with its %s and needs no removed block of its own. While a file declares it, deleting the %[1]s is refused.",
				text.Words(a.Name)))
		}
	}
	if k.Virtual || k.UpdateOnly {
		return out
	}
	var ways []string
	for i, a := range k.RemovalActions() {
		way := removalWords[a]
		if i > 0 {
			way += fmt.Sprintf(" with on_removal = %q", a.String())
		}
		ways = append(ways, way)
	}
	if k.NoList {
		return append(out, "One that a removed block names is "+text.Or(ways)+".")
	}
	return append(out, "Under mode = \"authoritative\", one that leaves the files is "+text.Or(ways)+".")
}

var removalWords = map[schema.Action]string{
	schema.Delete: "deleted", schema.Deactivate: "deactivated", schema.Forget: "left as it is",
}

// managed lists the kinds that a manage block may name.
func managed(p *schema.Product) []*schema.Kind {
	var out []*schema.Kind
	for _, k := range p.Kinds {
		if !k.Virtual {
			out = append(out, k)
		}
	}
	return out
}

// headline is the first sentence of a documentation text, without its period.
func headline(doc string) string {
	for i := 0; i+1 < len(doc); i++ {
		if doc[i] == '.' && doc[i+1] == ' ' {
			return doc[:i]
		}
	}
	return strings.TrimSuffix(doc, ".")
}
