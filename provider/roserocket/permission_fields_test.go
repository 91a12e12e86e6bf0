package roserocket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestChoose(t *testing.T) {
	rows := []row{{"notes", read, false}, {"cost", edit, false}, {"costEstimate", edit, false}, {"margin", read, true}}
	for _, c := range []struct {
		name    string
		lists   map[string][]string
		rights  map[string]string
		missing [][2]string
		clashes []clash
		derived []string
		skipped []string
	}{
		{name: "names", lists: map[string][]string{edit: {"notes"}, hide: {"margin"}}, rights: map[string]string{"notes": edit, "margin": hide}},
		{name: "a pattern", lists: map[string][]string{hide: {"cost*"}}, rights: map[string]string{"cost": hide, "costEstimate": hide}},
		{name: "a name counts more", lists: map[string][]string{hide: {"cost*"}, edit: {"cost"}}, rights: map[string]string{"cost": edit, "costEstimate": hide}},
		{name: "two patterns of one list", lists: map[string][]string{hide: {"cost*", "*Estimate"}}, rights: map[string]string{"cost": hide, "costEstimate": hide}},
		{
			name: "two patterns of two lists", lists: map[string][]string{hide: {"cost?*"}, read: {"*Estimate"}},
			rights: map[string]string{"costEstimate": read}, clashes: []clash{{"costEstimate", "*Estimate", read, "cost?*", hide}},
		},
		{name: "a name that is not there", lists: map[string][]string{read: {"note"}}, rights: map[string]string{}, missing: [][2]string{{read, "note"}}},
		{name: "a derived field by name", lists: map[string][]string{edit: {"margin"}}, rights: map[string]string{}, derived: []string{"margin"}},
		{name: "a derived field by pattern", lists: map[string][]string{edit: {"m*"}}, rights: map[string]string{}, skipped: []string{"margin"}},
		{name: "a derived field that another pattern takes", lists: map[string][]string{edit: {"*a*"}, hide: {"m*"}}, rights: map[string]string{"margin": hide, "costEstimate": edit}},
		{name: "one of several", lists: map[string][]string{read: {"{notes,cost}"}}, rights: map[string]string{"notes": read, "cost": read}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := choose(c.lists, rows)
			want := choice{rights: c.rights, missing: c.missing, clashes: c.clashes, derived: c.derived, skipped: c.skipped}
			got.hit = nil
			if len(got.skipped) == 0 {
				got.skipped = nil
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(choice{}, clash{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRight(t *testing.T) {
	for _, c := range []struct {
		field wireField
		want  string
	}{
		{wireField{Kind: editor}, edit},
		{wireField{Kind: viewer}, read},
		{wireField{Kind: viewer, Disabled: true}, hide},
		{wireField{Kind: editor, Disabled: true}, hide},
		{wireField{Kind: noKind}, hide},
		{wireField{Kind: noKind, Disabled: true}, hide},
		{wireField{Kind: editor, Derived: true}, read},
		{wireField{Kind: viewer, Derived: true}, read},
		{wireField{Kind: "approver"}, "approver"},
		{wireField{Kind: "approver", Disabled: true}, hide},
		{wireField{}, "unknown"},
	} {
		if got := c.field.right(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.field, got, c.want)
		}
	}
}

func TestValidatePermission(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Permission
		want []string
	}{
		{"an example", Permission{Data: dataRead, Fields: map[string][]string{edit: {"notes"}, hide: {"cost*"}, others: {keep}}}, nil},
		{"nothing", Permission{}, []string{"roserocket/empty-permission"}},
		{"a right without access", Permission{Data: dataNone, Fields: map[string][]string{edit: {"notes"}}}, []string{"roserocket/data-and-fields"}},
		{"others without access", Permission{Data: dataNone, Fields: map[string][]string{others: {read}}}, []string{"roserocket/data-and-fields"}},
		{"hidden without access", Permission{Data: dataNone, Fields: map[string][]string{hide: {"notes"}}}, nil},
		{"twice", Permission{Fields: map[string][]string{edit: {"a"}, hide: {"a"}}}, []string{"roserocket/field-twice"}},
		{"others of two words", Permission{Fields: map[string][]string{others: {hide, read}}}, []string{"roserocket/others"}},
		{"others of a wrong word", Permission{Fields: map[string][]string{others: {edit}}}, []string{"roserocket/others"}},
		{"no pattern", Permission{Fields: map[string][]string{hide: {"a[", ""}}}, []string{"roserocket/fields", "roserocket/fields"}},
		{"a board without a key", Permission{Boards: map[string]bool{"": true}}, []string{"roserocket/boards"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := declared("sales", "order", c.p)
			var got []string
			for _, f := range validatePermission(&o) {
				got = append(got, f.Code)
				if len(f.Summary) > 60 {
					t.Errorf("%q has %d characters", f.Summary, len(f.Summary))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// declared makes a block that says what the body holds.
func declared(role, object string, p Permission) schema.Object {
	p.Role, p.Object = role, object
	o := schema.Object{Kind: &permissionKind, Body: &p, Addr: schema.Address{Provider: "roserocket", Kind: "permission"}}
	o.Set = permissionKind.Mask("role", "object")
	for name, set := range map[string]bool{"data": p.Data != "", "boards": p.Boards != nil, "record": p.Record != nil, "fields": p.Fields != nil, "document": p.Document != ""} {
		if set {
			o.Set |= permissionKind.Mask(name)
		}
	}
	o.Rekey()
	return o
}
