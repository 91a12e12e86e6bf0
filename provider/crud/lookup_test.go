package crud

import (
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// References are looked up in the index, then in a list, and a list that fails says nothing.
func TestReferences(t *testing.T) {
	k := &keepers{Objects: Objects{Tenant: "zoo", Index: &schema.Index{}}, byID: map[string]keeper{"7": {Name: "ben"}}, fail: map[string]error{}}
	for range 2 { // the second time without a list
		if id, err := k.IDOf(t.Context(), &keeperKind, k.List, "ben"); id != "7" || err != nil {
			t.Errorf("the id of ben is %q, %v", id, err)
		}
		if key, err := k.KeyOf(t.Context(), &keeperKind, k.List, "7"); key != "ben" || err != nil {
			t.Errorf("the key of 7 is %q, %v", key, err)
		}
		k.fail["list"] = errors.New("no list")
	}
	if _, err := k.IDOf(t.Context(), &keeperKind, k.List, "ana"); !errors.Is(err, k.fail["list"]) {
		t.Errorf("a list that fails: %v", err)
	}
	delete(k.fail, "list")
	if _, err := k.IDOf(t.Context(), &keeperKind, k.List, "ana"); !errors.Is(err, provider.ErrNotFound) {
		t.Errorf("the id of an object that does not exist: %v", err)
	}
	// Otherwise the object that refers to it would count as gone.
	if _, err := k.KeyOf(t.Context(), &keeperKind, k.List, "8"); err == nil || errors.Is(err, provider.ErrNotFound) {
		t.Errorf("the key of an object that does not exist: %v", err)
	}
}

func TestFindListed(t *testing.T) {
	k := &keepers{Objects: Objects{Tenant: "zoo", Index: &schema.Index{}}, byID: map[string]keeper{"1": {Name: "ana"}, "2": {Name: "ben"}, "3": {Name: "ben"}}, fail: map[string]error{}}
	find := func(key string) (schema.Object, error) {
		return FindListed(t.Context(), k.List, schema.Object{Kind: &keeperKind, Addr: schema.Address{Kind: "keeper", Key: key}})
	}
	if o, err := find("ana"); o.ID != "1" || err != nil {
		t.Errorf("found %q, %v", o.ID, err)
	}
	if o, err := find("eve"); o.ID != "" || !errors.Is(err, provider.ErrNotFound) {
		t.Errorf("found %q, %v", o.ID, err)
	}
	if o, err := find("ben"); o.ID != "" || err == nil || !strings.Contains(err.Error(), `several keepers are called "ben", with the ids `) {
		t.Errorf("found %q, %v", o.ID, err)
	}
	k.fail["list"] = errors.New("no list")
	if o, err := find("ana"); o.ID != "" || !errors.Is(err, k.fail["list"]) {
		t.Errorf("a list that fails: found %q, %v", o.ID, err)
	}
}
