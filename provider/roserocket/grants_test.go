package roserocket

import (
	"testing"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func permission(change func(*Permission)) *schema.Object {
	p := &Permission{
		Role: "sales", Object: "order", Data: dataFull, Boards: map[string]bool{"order": true},
		Record: map[string]bool{recordCreate: true, recordDelete: true}, Access: map[string]string{"status": edit, "notes": edit, "total": read},
	}
	change(p)
	return &schema.Object{Kind: &permissionKind, Body: p}
}

func TestPermissionLosses(t *testing.T) {
	before := permissionGrants(permission(func(*Permission) {}), nil)
	for _, c := range []struct {
		name    string
		change  func(*Permission)
		reduced bool
		full    bool
	}{
		{"nothing", func(*Permission) {}, false, true},
		{"no board", func(p *Permission) { p.Boards["order"] = false }, true, false},
		{"read only", func(p *Permission) {
			p.Data, p.Record = dataRead, map[string]bool{recordCreate: false, recordDelete: false}
			p.Access = map[string]string{"status": read, "notes": read, "total": read}
		}, true, false},
		{"most is hidden", func(p *Permission) {
			p.Data, p.Access = dataCustom, map[string]string{"status": hide, "notes": edit, "total": hide}
		}, true, false},
		{"one field less", func(p *Permission) { p.Data, p.Access["status"] = dataCustom, hide }, false, false},
		{"nothing is deleted any more", func(p *Permission) { p.Record[recordDelete] = false }, false, false},
	} {
		o := permission(c.change)
		if got := rights.Kept(before, permissionGrants(o, nil), nil) < rights.Half; got != c.reduced {
			t.Errorf("%s: reduced %t, want %t", c.name, got, c.reduced)
		}
		if got := permissionKind.GrantsAll(o); got != c.full {
			t.Errorf("%s: gives everything %t, want %t", c.name, got, c.full)
		}
	}
}
