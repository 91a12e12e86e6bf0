package drift

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestJoined(t *testing.T) {
	c := &club{product: clubProduct()}
	role := func(rights string) *schema.Object {
		o := c.object("role keeper "+rights, false)
		return &o
	}
	addr := role("").Addr
	for _, x := range []struct {
		name    string
		changes []plan.Change
		want    []string // of each change: live -> wanted, and what differs
	}{
		{name: "none"},
		{
			name:    "one",
			changes: []plan.Change{{Action: schema.Update, Addr: addr, Have: role("a"), Want: role("b"), Changed: 2}},
			want:    []string{"[a] -> [b] [rights]"},
		},
		{
			name: "two steps",
			changes: []plan.Change{
				{Action: schema.Update, Addr: addr, Have: role("a,b"), Want: role("b"), Changed: 2},
				{Action: schema.Update, Addr: addr, Have: role("b"), Want: role("b,c"), Changed: 2},
			},
			want: []string{"[a b] -> [b c] [rights]"},
		},
		{
			name: "two steps that lead back",
			changes: []plan.Change{
				{Action: schema.Update, Addr: addr, Have: role("a"), Want: role("b"), Changed: 2},
				{Action: schema.Update, Addr: addr, Have: role("b"), Want: role("a"), Changed: 2},
			},
			want: []string{"[a] -> [a] []"},
		},
		{
			name: "deleted and created again",
			changes: []plan.Change{
				{Action: schema.Delete, Addr: addr, Have: role("a")},
				{Action: schema.Create, Addr: addr, Want: role("b"), Changed: 2},
			},
			want: []string{"[a] -> [b] [rights]"},
		},
		{
			name: "created before the old one is deleted",
			changes: []plan.Change{
				{Action: schema.Create, Addr: addr, Want: role("b"), Changed: 2},
				{Action: schema.Delete, Addr: addr, Have: role("a")},
			},
			want: []string{"[a] -> [b] [rights]"},
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			var got []string
			for _, c := range joined(x.changes) {
				got = append(got, fmt.Sprintf("%v -> %v %v", c.Have.Body.(*clubRole).Rights, c.Want.Body.(*clubRole).Rights, c.Have.Kind.AttributeNames(c.Changed)))
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
