package describe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A row describes an argument of every product's provider block.
type row struct {
	name, typ, doc string
	schema         map[string]any
}

type table struct {
	title, doc string
	rows       []row
}

// providerRows are the attributes that every provider block takes beside the
// product's own settings.
func providerRows(p *schema.Product) []row {
	return []row{
		{"protect", "list of addresses", "Objects that are never removed and lose no rights: \"user.ceo@zoo.example\".", listSchema()},
		{"privileged", "list of rights", privilegedDoc(p), listSchema()},
		{"time_zone", "string; default UTC", "Time zone in which the days of expires begin, such as \"Europe/Paris\".", textSchema("")},
	}
}

// privilegedDoc describes the default of privileged.
func privilegedDoc(p *schema.Product) string {
	doc := "Patterns of rights. A plan names every user who gains a right that matches one. A pattern is a right as plans print it: " +
		"RIGHT on PLACE through ROLE; on and through are optional, and * stands for any text. " +
		"Users who gain the right to everything everywhere are always named. "
	if len(p.Privileged) == 0 {
		return doc + "Default: none."
	}
	quoted := make([]string, len(p.Privileged))
	for i, s := range p.Privileged {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return doc + "Default: " + strings.Join(quoted, ", ") + "."
}

// ours reports whether objects of the kind come and go at our word, so that
// one can have had another key, and can be removed.
func ours(k *schema.Kind) bool { return !k.UpdateOnly && !k.Virtual }

// removable reports whether a removed block may name an object of the kind. What
// the product owns and does not list can be named, to say that it is left alone.
func removable(k *schema.Kind) bool { return ours(k) || k.NoList && !k.Virtual }

// expires reports whether objects of the kind can be removed on a day.
func expires(k *schema.Kind) bool {
	return ours(k) && slices.ContainsFunc(k.RemovalActions(), schema.Action.Writes)
}

// also describes the arguments of every block of a kind beside its attributes.
func also(k *schema.Kind) string {
	switch {
	case !ours(k):
		return "Every block also takes for_each, provider, reason (why it is there) and allow (which warnings of lint it silences, and why)."
	case !expires(k):
		return "Every block also takes for_each, provider, reason (why it is there), allow (which warnings of lint it silences, and why), and previously (previous keys, to rename an object)."
	}
	return "Every block also takes for_each, provider, expires (the day from which on it counts as removed), reason (why it is there), " +
		"allow (which warnings of lint it silences, and why), and previously (previous keys, to rename an object)."
}

// providerBlocks are the blocks inside a provider block.
func providerBlocks(p *schema.Product) []table {
	return []table{manageTable(p), limitsTable()}
}

func manageTable(p *schema.Product) table {
	var kinds []string
	words := map[string]bool{}
	var onRemoval []string
	for _, k := range managed(p) {
		kinds = append(kinds, k.Name)
		if len(k.Removals) < 2 {
			continue
		}
		for _, w := range schema.ActionNames(k.RemovalActions()) {
			if !words[w] {
				words[w] = true
				onRemoval = append(onRemoval, w)
			}
		}
	}
	rows := []row{
		{"mode", "string; " + strings.Join(schema.Modes(), ", "),
			"Who owns the objects of the kind. additive, the default: what is declared is created and updated, nothing else is touched. " +
				"authoritative: objects that no file declares are removed, within the limits. observe: differences are reported, nothing is written.",
			enumSchema(schema.Modes())},
		{"ignore", "list of patterns", "Keys that rolecall does not see, such as \"*@partner.example\": * stands for any text, slashes included, and letter case does not matter where it does not matter in the key. " +
			"What belongs to an ignored object, such as the memberships of an ignored user, is ignored with it. Declaring an ignored object is an error; a pattern that matches nothing is a warning.", listSchema()},
		{"create", "bool", "false: only existing objects are changed, and a declared object that does not exist is an error.", literalSchema("boolean")},
	}
	if slices.ContainsFunc(p.Kinds, func(k *schema.Kind) bool { return k.Parent() != nil }) {
		rows = append(rows, row{"scope", "string; declared, all", "For kinds within others, such as groups in sections or memberships in teams, under mode = \"authoritative\". declared, the default: only what is within parents that a file mentions " +
			"is removed. all: what is within any parent.", enumSchema([]string{"declared", "all"})})
	}
	if len(onRemoval) > 0 {
		rows = append(rows, row{"on_removal", "string; " + strings.Join(onRemoval, ", "),
			"What happens to an object whose block is removed from the files under mode = \"authoritative\", for kinds that leave a choice.", enumSchema(onRemoval)})
	}
	return table{`manage "KIND"`, "How the objects of a kind are owned; KIND is " + text.Or(kinds) + ".", rows}
}

func limitsTable() table {
	d := schema.DefaultLimits()
	return table{"limits", "Limits that the whole plan must meet before the first write.", []row{
		{"max_deletes", fmt.Sprintf("number; default %d", d.MaxDeletes), "This many removals of one kind are always allowed. " +
			"Users who lose all or most of their rights, whatever the cause, count as removed.", literalSchema("integer")},
		{"max_delete_percent", fmt.Sprintf("number; default %d", d.MaxDeletePercent),
			"Beyond max_deletes, a plan that removes a larger share of a kind's live objects is refused.", literalSchema("integer")},
		{"max_daily_removals", "number; default max_deletes", "This many removals of one kind within 24 hours, by all plans together, are always allowed; " +
			"beyond that, max_delete_percent of what there was a day ago. The journals tell what was removed.", literalSchema("integer")},
		{"allow_empty", "bool; default false", "true: a kind with mode = \"authoritative\" may be emptied when no file declares an object of it.", literalSchema("boolean")},
	}}
}
