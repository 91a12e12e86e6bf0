package render

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A rules is a document of rights: switches, lists by name and texts by name.
type rules struct {
	Object string
	Boards map[string]bool
	Fields map[string][]string
	Words  map[string]string
	Hidden []string
}

var rulesKind = schema.Kind{Name: "rules", Plural: "rules", Attributes: []schema.Attribute{
	schema.String("object", "", func(r *rules) *string { return &r.Object }).With(schema.Key),
	schema.BoolMap("boards", "", func(r *rules) *map[string]bool { return &r.Boards }).With(schema.MergeEntries),
	schema.SetMap("fields", "", func(r *rules) *map[string][]string { return &r.Fields }),
	schema.Map("words", "", func(r *rules) *map[string]string { return &r.Words }),
	schema.Set("hidden", "", func(r *rules) *[]string { return &r.Hidden }).With(schema.Computed),
}}

// documentPlan makes a document of rights, changes one and removes one.
func documentPlan() *plan.Document {
	order := rules{"order", map[string]bool{"bills": true, "contact": false}, map[string][]string{
		"edit": {"notes", "price"}, "read": {"customer", "status"}, "gone": {"margin"}, "same": {"id"},
	}, map[string]string{"data": "readOnly"}, []string{"cost"}}
	now := rules{"order", map[string]bool{"bills": true, "contact": true, "invoices": false}, map[string][]string{
		"edit": {"notes"}, "read": {"customer", "price", "status"}, "same": {"id"}, "none": nil,
	}, map[string]string{"data": "noAccess"}, []string{"cost", "margin"}}
	quote := object(&rulesKind, &rules{Object: "quote", Boards: order.Boards, Fields: order.Fields})
	quote.LastWritten = true
	bill := order
	bill.Object = "bill"
	return one(plan.Plan{Requests: plan.Requests{Spent: 3, Estimated: 9, Budget: 240, Minutes: 4.5}, Changes: []plan.Change{
		update(object(&rulesKind, &order), object(&rulesKind, &now), at("rules.hcl", 3), "boards", "fields", "words", "hidden"),
		create(object(&rulesKind, &bill), at("rules.hcl", 13)),
		remove(schema.Delete, quote, "because of a removed block"),
	}})
}

// stepsPlan changes objects in two steps each, one of them with a new name.
func stepsPlan() *plan.Document {
	const takes, gives = "step 1 of 2: revoke first, so that nobody temporarily gains rights", "step 2 of 2: grant"
	step := func(have, want *schema.Object, line int, reason string, changed ...string) plan.Change {
		c := update(have, want, at("roles.hcl", line), changed...)
		c.Reason = reason
		return c
	}
	mid, end := editor, editor
	mid.Permissions = editor.Permissions[:4]
	end.Permissions = append(append([]string{}, mid.Permissions...), "review_management", "review_reply")
	old := object(&groupKind, &place{"Continent", "Europe", []string{"b1", "b2"}})
	less := object(&groupKind, &place{"Continent", "EMEA", []string{"b1"}})
	more := object(&groupKind, &place{"Continent", "EMEA", []string{"b1", "b3"}})
	renamed := step(old, less, 9, `step 1 of 2: rename and revoke first, so that nobody temporarily gains rights`, "name", "businesses")
	renamed.Action, renamed.From = schema.Rename, old.Addr.Key
	return one(plan.Plan{Requests: plan.Requests{Spent: 3, Estimated: 12, Budget: 240}, Changes: []plan.Change{
		step(object(&roleKind, &editor), object(&roleKind, &mid), 3, takes, "permissions"),
		renamed,
		step(object(&roleKind, &mid), object(&roleKind, &end), 3, gives, "permissions"),
		step(less, more, 9, gives, "businesses"),
	}})
}
