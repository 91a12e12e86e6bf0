package plan

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestSummary(t *testing.T) {
	p := &Plan{Unchanged: map[string]int{"role": 2, "user": 3}, Findings: []schema.Finding{{Severity: schema.Warning}, {}, {}}}
	for n, action := range []schema.Action{schema.Create, schema.Update, schema.Rename, schema.Delete, schema.Deactivate, schema.Forget, schema.Refuse} {
		for range n + 1 {
			p.Changes = append(p.Changes, Change{Action: action})
		}
	}
	want := Summary{Create: 1, Update: 2, Rename: 3, Delete: 4, Deactivate: 5, Forget: 6, Refuse: 7, Unchanged: 5}
	if got := p.Summary(); got != want || got.Writes() != 15 || p.Errors() != 2 {
		t.Errorf("%+v with %d writes and %d errors", got, got.Writes(), p.Errors())
	}
}
