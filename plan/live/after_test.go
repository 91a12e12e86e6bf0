package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What checks need is read without a change of the plan, and of what it was computed from: other kinds, and objects of
// which the list shows only a part.
func TestRightsAreReadBesideThePlan(t *testing.T) {
	look := func(rights bool) *live.Survey {
		h, in := rehearsal()
		files := in.Tenant.Objects[1:2] // a singer, and no part
		in.Tenant.Objects, in.Rights = files, rights
		extra := choirObject(singerKind, "s3", &singer{Email: "cem@choir.example", Part: "bass", Badge: "c"})
		extra.Incomplete, extra.Set = true, singerKind.Mask("email")
		h.live = append(h.live, extra)
		s, err := live.Look(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	without, with := look(false), look(true)
	if diff := cmp.Diff(addresses(without.Plan.Changes), addresses(with.Plan.Changes)); diff != "" {
		t.Errorf("changes (-without +with):\n%s", diff)
	}
	shapes := func(of map[string][]schema.Object) map[string][]string {
		out := map[string][]string{}
		for kind, list := range of {
			for _, o := range list {
				s := o.Addr.Key
				if o.Incomplete {
					s += " incomplete"
				}
				if body, ok := o.Body.(*singer); ok && !o.Incomplete {
					s += " " + body.Part
				}
				out[kind] = append(out[kind], s)
			}
		}
		return out
	}
	if diff := cmp.Diff(shapes(without.Live), shapes(with.Live)); diff != "" {
		t.Errorf("what the plan was computed from (-without +with):\n%s", diff)
	}
	if without.After != nil || without.Now != nil {
		t.Error("rights were read that nobody asked for")
	}
	now := map[string][]string{"part": {"alto", "bass"}, "singer": {"ana@choir.example alto", "ben@choir.example bass", "cem@choir.example bass"}}
	if diff := cmp.Diff(now, shapes(with.Now)); diff != "" {
		t.Errorf("the tenant (-want +got):\n%s", diff)
	}
	now["singer"][0] = "ana@choir.example bass"
	if diff := cmp.Diff(now, shapes(with.After)); diff != "" {
		t.Errorf("the tenant after the plan (-want +got):\n%s", diff)
	}
}
