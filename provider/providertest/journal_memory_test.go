package providertest

import (
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What a run has written is remembered as it was read back, and what was removed or
// broke off is not.
func TestMemory(t *testing.T) {
	result := func(key string, action schema.Action, status apply.Status, place string) apply.Result {
		r := apply.Result{Status: status, Change: &plan.Change{Action: action, Addr: schema.Address{Kind: "den", Key: key}}}
		if place != "" {
			r.After = schema.Object{Kind: denKind, Body: &den{Name: key, Place: place}}
		}
		return r
	}
	m := journalMemory{}
	before := m.recall()
	m.record(nil)
	m.record(&apply.Report{Results: []apply.Result{
		result("done", schema.Create, apply.Done, "here"),
		result("diverged", schema.Update, apply.Diverged, "elsewhere"),
		result("failed", schema.Update, apply.Failed, "here"),
		result("gone", schema.Create, apply.Done, "here"),
	}})
	m.record(&apply.Report{Results: []apply.Result{result("gone", schema.Delete, apply.Done, "")}})
	want := map[string]string{"done": "here", "diverged": "elsewhere", "failed": "", "gone": ""}
	after := m.recall()
	for key, place := range want {
		o, ok := after(schema.Address{Kind: "den", Key: key})
		if ok != (place != "") || ok && o.Body.(*den).Place != place {
			t.Errorf("%s: remembered %v as %+v, want %q", key, ok, o.Body, place)
		}
		if _, ok := before(schema.Address{Kind: "den", Key: key}); ok {
			t.Errorf("%s was known before it was written", key)
		}
	}
}
