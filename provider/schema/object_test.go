package schema_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestObject(t *testing.T) {
	k := crewKind()
	o := schema.Object{Kind: k, Addr: schema.Address{Provider: "argonauts", Kind: "crew"}, Body: full(), Set: k.Mask("ship", "name", "ready")}
	o.Rekey()
	if got, want := o.Addr.Full(), "argonauts.crew.argo/ana"; got != want {
		t.Errorf("address %q, want %q", got, want)
	}
	if !o.Has("ready") || o.Has("seats") || o.Has("nothing") {
		t.Error("Has does not follow the mask")
	}
	if o.Any("ready") != true || o.Any("seats") != nil || o.Any("nothing") != nil {
		t.Error("Any does not follow the mask")
	}
	c := o.Clone()
	for i := range k.Attributes {
		k.Attributes[i].Replace(c.Body, func(s string) string { return s + "!" })
	}
	c.Body.(*crew).Seats = 9
	if diff := cmp.Diff(full(), o.Body); diff != "" {
		t.Errorf("a clone shares its body:\n%s", diff)
	}
	f := o.Problem("crew/tired", "ready", "Not rested", "Sleep first.").About("ana").Warn()
	want := schema.Finding{Severity: schema.Warning, Code: "crew/tired", Addr: o.Addr, Attribute: "ready", Value: "ana", Summary: "Not rested", Detail: "Sleep first."}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("finding: %s", diff)
	}
}

func TestAddress(t *testing.T) {
	a := schema.Address{Provider: "partoo", Kind: "user", Key: "ana@zoo.example"}
	for pattern, want := range map[string]bool{
		"user.ana@zoo.example": true, "partoo.user.ana@zoo.example": true,
		"user.ana": false, "tines.user.ana@zoo.example": false, "": false,
	} {
		if a.Match(pattern) != want {
			t.Errorf("Match(%q) = %v", pattern, !want)
		}
	}
	sorted := []schema.Address{{Provider: "a", Kind: "b", Key: "c"}, {Provider: "a", Kind: "b", Key: "d"}, {Provider: "a", Kind: "c", Key: "a"}, {Provider: "b", Kind: "a", Key: "a"}}
	mixed := []schema.Address{sorted[2], sorted[0], sorted[3], sorted[1]}
	slices.SortFunc(mixed, schema.Address.Compare)
	if diff := cmp.Diff(sorted, mixed); diff != "" {
		t.Error(diff)
	}
}

func TestWords(t *testing.T) {
	if schema.Error.String() != "error" || schema.Warning.String() != "warning" {
		t.Error("severities have the wrong words")
	}
	if diff := cmp.Diff([]string{schema.Additive.String(), schema.Authoritative.String(), schema.Observe.String()}, schema.Modes()); diff != "" {
		t.Error(diff)
	}
}

func TestIndex(t *testing.T) {
	var x schema.Index
	if _, ok := x.ID("role", "editor"); ok {
		t.Error("an empty index knows an id")
	}
	x.Add("role", "draft", "")
	if _, ok := x.ID("role", "draft"); ok {
		t.Error("an empty id was recorded")
	}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			x.Add("role", fmt.Sprint("r", i), fmt.Sprint(i))
			x.Add("user", fmt.Sprint("u", i), fmt.Sprint(i))
			x.ID("role", "r0")
		})
	}
	all.Wait()
	for i := range 50 {
		id, _ := x.ID("role", fmt.Sprint("r", i))
		key, _ := x.Key("user", fmt.Sprint(i))
		if id != fmt.Sprint(i) || key != fmt.Sprint("u", i) {
			t.Errorf("entry %d: id %q, key %q", i, id, key)
		}
	}
}
