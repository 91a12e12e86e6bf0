package build

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// TestAfter checks the view of the tenant that checkers get.
func TestAfter(t *testing.T) {
	z := newZoo()
	z.manage("user", schema.Manage{Ignore: []string{"*@vendor.example"}})
	z.files(&zooUser{Email: "new@zoo.example"})
	z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana"})
	z.live(&zooUser{Email: "ana@zoo.example"})
	z.removed("user", "ben@zoo.example")
	z.live(&zooUser{Email: "ben@zoo.example"})
	z.live(&zooUser{Email: "bot@vendor.example"})
	z.removed("role", "vet")
	z.live(&zooRole{ID: "vet"})
	z.live(&zooRole{ID: "keeper"})
	z.live(&zooSection{Name: "Food"})
	delete(z.in.Live, "rules")
	r := Build(z.in)
	got := map[string][]string{}
	for kind, objects := range r.After {
		for _, o := range objects {
			got[kind] = append(got[kind], o.Addr.Key)
		}
		slices.Sort(got[kind])
	}
	want := map[string][]string{
		"user":    {"ana@zoo.example", "ben@zoo.example", "bot@vendor.example", "new@zoo.example"},
		"role":    {"keeper"},
		"section": {"Food"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	if &r.After["section"][0] != &z.in.Live["section"][0] {
		t.Error("a kind without a change was copied")
	}
	if _, listed := r.After["rules"]; listed {
		t.Error("a kind that was not listed is there")
	}
}

// TestUnfinishedPlanIsEmpty checks what a result contains while something is missing.
func TestUnfinishedPlanIsEmpty(t *testing.T) {
	z := newZoo()
	z.files(&zooRole{ID: "keeper"})
	z.files(&zooUser{Email: "ana@zoo.example", Role: "nobody"})
	z.removed("role", "vet")
	z.live(&zooRole{ID: "vet"}, "name").Incomplete = true
	r := Build(z.in)
	if diff := cmp.Diff([]string{"read role.vet"}, tellResult(r)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if r.Plan != nil || r.After != nil || r.NewKeys != nil {
		t.Errorf("the result says more: %+v", r)
	}
}

// TestMissingObjectsAreAsListed checks that thin objects are asked for under the key
// that the reader gave them, also where a rename gives them another.
func TestMissingObjectsAreAsListed(t *testing.T) {
	z := newZoo()
	z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
	z.files(&zooGroup{Section: "Kontinent", Name: "Europe", Animals: []string{"elk"}})
	z.live(&zooSection{Name: "Continent"})
	z.live(&zooGroup{Section: "Continent", Name: "Europe"}, "name").Incomplete = true
	if diff := cmp.Diff([]string{"read group.Continent/Europe"}, tellResult(Build(z.in))); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}
