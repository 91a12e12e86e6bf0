package roserocket

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func group(g Group, set ...string) schema.Object {
	o := schema.Object{Kind: &groupKind, Body: &g, Set: groupKind.Mask(append(set, "name")...), Addr: schema.Address{Provider: "roserocket", Kind: "user_group"}}
	o.Rekey()
	return o
}

func (p *fixture) groups() map[string]schema.Object {
	p.t.Helper()
	return providertest.MustList(p.t, p.client, &groupKind)
}

func TestGroups(t *testing.T) {
	for _, key := range []string{"members", "userIds"} {
		p := open(t, "members-key="+key, "foreign-groups=shown")
		all := p.groups()
		p.asked("GET /userGroups")
		o := all["Dispatch"]
		if !o.Incomplete || o.Has("members") || o.Frozen != groupKind.Mask("name", "description") {
			t.Errorf("%+v", o)
		}
		foreign := 0
		for _, o := range all {
			if o.Frozen == schema.Everything && strings.Contains(o.FrozenBy, o.Body.(*Group).Type) {
				foreign++
			}
		}
		if foreign != 1 {
			t.Errorf("%d groups of another type", foreign)
		}
		o = p.live(o)
		if diff := cmp.Diff([]string{anaID}, o.Body.(*Group).Members); diff != "" || o.Incomplete {
			t.Error(diff)
		}
		if !strings.HasSuffix(p.emulator.Entries(0)[len(p.emulator.Entries(0))-1].Path, "/members") {
			t.Error("the members were not asked for")
		}
	}
}

// Members are written as what comes and what goes.
func TestMembers(t *testing.T) {
	p := open(t)
	have := p.live(p.groups()["Dispatch"])
	want := have.Clone()
	want.Body.(*Group).Members = []string{benID}
	p.reset()
	got, err := p.Apply(t.Context(), provider.Request{Action: schema.Update, Addr: want.Addr, Have: &have, Want: &want, Changed: groupKind.Mask("members")})
	if err != nil || got.Body.(*Group).Members[0] != benID {
		t.Fatalf("%+v, %v", got.Body, err)
	}
	var sent map[string][]string
	if err := json.Unmarshal(p.emulator.Entries(0)[p.mark].Body, &sent); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"add": {benID}, "remove": {anaID}}, sent); diff != "" {
		t.Error(diff)
	}
	path := "/userGroups/" + have.ID + "/members"
	p.asked("POST "+path, "GET "+path)
}

func TestCreateGroup(t *testing.T) {
	p := open(t)
	for _, c := range []struct {
		want  schema.Object
		price int
	}{
		{group(Group{Name: "Sales"}), 1},
		{group(Group{Name: "Empty"}, "members"), 2},
		{group(Group{Name: "Night", Description: "Drives", Members: []string{anaID, benID}}, "members", "description"), 3},
	} {
		r := provider.Request{Action: schema.Create, Addr: c.want.Addr, Want: &c.want}
		got, err := p.Apply(t.Context(), r)
		if err != nil || got.ID == "" {
			t.Fatal(err)
		}
		if n := len(p.emulator.Entries(0)) - p.mark; n != c.price || p.EstimateRequests(r) != n {
			t.Errorf("%s took %d requests, and %d are announced", c.want.Addr, n, p.EstimateRequests(r))
		}
		p.reset()
		found, err := p.Find(t.Context(), c.want)
		if err != nil || found.ID != got.ID {
			t.Errorf("%+v, %v", found, err)
		}
		if diff := cmp.Diff(c.want.Body.(*Group).Members, found.Body.(*Group).Members); diff != "" {
			t.Error(diff)
		}
		p.reset()
	}
	_, err := p.Apply(t.Context(), provider.Request{Action: schema.Create, Want: new(group(Group{Name: "Sales"})), Addr: schema.Address{Kind: "user_group", Key: "Sales"}})
	if provider.Status(err) != 409 || !strings.Contains(provider.Hint(err), "Another group") {
		t.Errorf("%v\n%s", err, provider.Hint(err))
	}
	if _, err := p.Find(t.Context(), group(Group{Name: "Nobody"})); !errors.Is(err, provider.ErrNotFound) {
		t.Error(err)
	}
}

func TestNoCallForIt(t *testing.T) {
	p := open(t)
	have := p.live(p.groups()["Dispatch"])
	_, err := p.Apply(t.Context(), provider.Request{Action: schema.Delete, Addr: have.Addr, Have: &have})
	if err == nil || !strings.Contains(provider.Hint(err), "by hand") {
		t.Errorf("%v\n%s", err, provider.Hint(err))
	}
	for _, err := range p.List(t.Context(), &permissionKind) {
		if err == nil {
			t.Error("permissions have no list")
		}
	}
}

func TestUserID(t *testing.T) {
	for id, good := range map[string]bool{anaID: true, "ana@freight.example": false, "a b": false} {
		if err := userID(id); (err == nil) != good {
			t.Errorf("%q: %v", id, err)
		}
	}
}
