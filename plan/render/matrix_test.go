package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A cell is what a role may do with an object.
type cell struct {
	Role, Object, Data string
	Record             map[string]bool
	Access             map[string]string
	Boards             []string
}

var cellKind = schema.Kind{Name: "permission", Attributes: []schema.Attribute{
	schema.String("role", "", func(c *cell) *string { return &c.Role }).With(schema.Key),
	schema.String("object", "", func(c *cell) *string { return &c.Object }).With(schema.Key),
	schema.String("data", "", func(c *cell) *string { return &c.Data }).Values("full", "custom"),
	schema.BoolMap("record", "", func(c *cell) *map[string]bool { return &c.Record }).Entries("create", "delete").With(schema.MergeEntries),
	schema.Map("access", "", func(c *cell) *map[string]string { return &c.Access }).With(schema.MergeEntries),
	schema.Set("boards", "", func(c *cell) *[]string { return &c.Boards }),
}}

func access(pairs ...string) map[string]string {
	out := map[string]string{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, " ")
		out[name] = value
	}
	return out
}

// hides is a change that takes creating and deleting, and hides what costs.
func hides(role, object string, i int, pos schema.Pos) plan.Change {
	have := cell{Role: role, Object: object, Data: "full", Record: map[string]bool{"create": true, "delete": true}, Access: access("cost edit", "name edit", "status edit")}
	want := cell{Role: role, Object: object, Data: "custom", Record: map[string]bool{"create": false, "delete": false}, Access: access("cost hide", "name edit", "status read")}
	if i%3 == 0 {
		have.Access["margin"], want.Access["margin"] = "edit", "hide"
	}
	extra := fmt.Sprintf("cost%s", string(rune('A'+i%7)))
	have.Access[extra], want.Access[extra] = "edit", "hide"
	return update(held(&have), held(&want), pos, "data", "record", "access")
}

func held(c *cell) *schema.Object { return object(&cellKind, c) }

// matrixPlan changes one role over many objects, many roles on one, a few cells
// that lie anywhere, and one by itself.
func matrixPlan() *plan.Document {
	p := plan.Plan{Requests: plan.Requests{Spent: 60, Estimated: 120}}
	for i := range 34 {
		p.Changes = append(p.Changes, hides("sales", fmt.Sprintf("object%02d", i+1), i, at("freight.hcl", 12)))
	}
	for i, role := range strings.Fields("admin csr guest manager") {
		c := hides(role, "invoice", i, at("roles.hcl", 3+9*i))
		c.Have.Body.(*cell).Data = "custom"
		c.Changed = cellKind.Mask("record", "access")
		p.Changes = append(p.Changes, c)
	}
	for i, role := range strings.Fields("csr driver guest") {
		for j, object := range strings.Fields("bill load quote") {
			c := hides(role, object, i+j, at("few.hcl", 3))
			c.Have.LastWritten, c.Changed = true, cellKind.Mask("access")
			p.Changes = append(p.Changes, c)
		}
	}
	// One block of which every object changes in its own way.
	for i, object := range strings.Fields("bill load quote task") {
		have := cell{Role: "external", Object: object, Data: []string{"full", "custom"}[i%2], Boards: []string{object, "map"}}
		want := cell{Role: "external", Object: object, Data: "custom", Boards: []string{"map", "tour"}}
		changed := []string{"boards"}
		if have.Data != want.Data {
			changed = append(changed, "data")
		}
		p.Changes = append(p.Changes, update(held(&have), held(&want), at("odd.hcl", 8), changed...))
	}
	gains := cell{Role: "partner", Object: "payStub", Data: "custom", Record: map[string]bool{"create": true}, Access: access("amount hide", "notes hide", "total hide")}
	now := gains
	now.Access = access("amount read", "notes read", "total hide", "tax read")
	p.Changes = append(p.Changes, update(held(&gains), held(&now), at("few.hcl", 20), "access"))
	return one(p)
}

// The two steps of each change of a matrix are one row as well.
func matrixSteps() *plan.Document {
	const takes, gives = "step 1 of 2: revoke first, so that nobody temporarily gains rights", "step 2 of 2: grant"
	p := plan.Plan{Requests: plan.Requests{Spent: 5, Estimated: 9}}
	var later []plan.Change
	for i := range 5 {
		c := hides("sales", fmt.Sprintf("object%02d", i+1), i, at("freight.hcl", 12))
		c.Reason = takes
		more := *c.Want.Body.(*cell)
		more.Access = access("name hide", "status edit", "note edit")
		then := update(c.Want, held(&more), c.Pos, "access")
		then.Reason = gives
		p.Changes, later = append(p.Changes, c), append(later, then)
	}
	p.Changes = append(p.Changes, later...)
	return one(p)
}

// However many objects a row tells of, it is as long as one.
func TestMatrixIsShort(t *testing.T) {
	lines := func(n int) int {
		var p plan.Plan
		for i := range n {
			p.Changes = append(p.Changes, hides("sales", fmt.Sprintf("object%04d", i+1), i, at("freight.hcl", 12)))
		}
		return strings.Count(terminal(t, one(p), Options{Width: 100}), "\n")
	}
	if few, many := lines(50), lines(5000); few != many {
		t.Errorf("50 objects take %d lines and 5,000 take %d", few, many)
	}
}
