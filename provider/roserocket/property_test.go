package roserocket_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A drawn is a random organization: what is live, or what files say.
type drawn struct {
	permissions map[string]drawnPermission // "role/object"
	groups      map[string][]string        // name -> ids of members
}

type drawnPermission struct {
	data   string // full, read_only, none, custom
	fields map[string]string
	boards map[string]bool
	record map[string]bool
}

// objects are those of the drawn organizations. Derived fields are in capitals.
var objects = map[string][]string{"order": {"cost", "notes", "status", "MARGIN"}, "stub": {"amount", "TOTAL"}}

func drawOrg(t *rapid.T, side string) drawn {
	some := func(what string, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), 0, len(from)).Draw(t, side+" "+what))
	}
	o := drawn{permissions: map[string]drawnPermission{}, groups: map[string][]string{}}
	for _, key := range []string{"sales/order", "sales/stub", "driver/order", "guest/stub"} {
		_, object, _ := strings.Cut(key, "/")
		p := drawnPermission{
			data:   rapid.SampledFrom([]string{"full", "read_only", "none", "custom", "custom"}).Draw(t, side+" data of "+key),
			fields: map[string]string{}, boards: map[string]bool{object: rapid.Bool().Draw(t, side+" board of "+key)}, record: map[string]bool{},
		}
		for _, f := range objects[object] {
			switch {
			case p.data == "none":
				p.fields[f] = "hide"
			case p.data == "read_only" || p.data == "full" && derived(f):
				p.fields[f] = "read"
			case p.data == "full":
				p.fields[f] = "edit"
			default:
				p.fields[f] = rapid.SampledFrom([]string{"hide", "read", "edit"}).Draw(t, side+" "+f+" of "+key)
				if derived(f) && p.fields[f] == "edit" {
					p.fields[f] = "read"
				}
			}
		}
		for _, right := range []string{"create", "delete"} {
			p.record[right] = rapid.Bool().Draw(t, side+" "+right+" of "+key)
		}
		p.data = p.word()
		o.permissions[key] = p
	}
	for _, g := range []string{"Day", "Night"} {
		o.groups[g] = some("members of "+g, ana, ben)
	}
	return o
}

// word is the one that the rights on fields come to, so that a product which works
// it out has no other.
func (p drawnPermission) word() string {
	hidden, edited, own := len(p.with("hide")), len(p.with("edit")), 0
	for f := range p.fields {
		if !derived(f) {
			own++
		}
	}
	switch {
	case hidden == len(p.fields):
		return "none"
	case hidden == 0 && edited == 0:
		return "read_only"
	case hidden == 0 && edited == own:
		return "full"
	}
	return "custom"
}

func derived(field string) bool { return field == strings.ToUpper(field) }

// with lists the fields that have the right.
func (p drawnPermission) with(right string) []string {
	var out []string
	for _, f := range slices.Sorted(maps.Keys(p.fields)) {
		if p.fields[f] == right {
			out = append(out, f)
		}
	}
	return out
}

// seed is the organization as an emulator starts with it.
func (o drawn) seed() *emulator.Seed {
	s := &emulator.Seed{ServiceAccountRole: "admin", Users: []emulator.SeedUser{{ID: ana, Role: "sales"}, {ID: ben, Role: "driver"}}}
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		object := emulator.Object{Key: key, Boards: []string{key}}
		for _, f := range objects[key] {
			object.Fields = append(object.Fields, emulator.Field{Key: f, Derived: derived(f)})
		}
		s.Objects = append(s.Objects, object)
	}
	words := map[string]string{"full": "full", "read_only": "readOnly", "none": "noAccess", "custom": "custom"}
	for _, key := range slices.Sorted(maps.Keys(o.permissions)) {
		p := o.permissions[key]
		role, object, _ := strings.Cut(key, "/")
		create, remove := p.record["create"], p.record["delete"]
		from := emulator.SeedPermission{Roles: []string{role}, Objects: []string{object}, Access: words[p.data], Create: &create, Delete: &remove}
		if p.data == "custom" {
			from.Edit, from.Read, from.Hide = p.with("edit"), p.with("read"), p.with("hide")
		}
		if !p.boards[object] {
			from.DisabledBoards = []string{object}
		}
		s.Permissions = append(s.Permissions, from)
	}
	for _, g := range slices.Sorted(maps.Keys(o.groups)) {
		s.Groups = append(s.Groups, emulator.SeedGroup{Name: g, Members: o.groups[g]})
	}
	return s
}

// blocks is the organization as files say it, the whole of it.
func (o drawn) blocks() []string {
	list := func(words []string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = fmt.Sprintf("%q", w)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(o.permissions)) {
		p := o.permissions[key]
		role, object, _ := strings.Cut(key, "/")
		text := fmt.Sprintf("permission %q %q {\n  data = %q\n  boards = { %s = %t }\n  record = { create = %t, delete = %t }\n",
			role, object, p.data, object, p.boards[object], p.record["create"], p.record["delete"])
		if p.data == "custom" {
			text += fmt.Sprintf("  fields = { edit = %s, read = %s, hide = %s }\n", list(p.with("edit")), list(p.with("read")), list(p.with("hide")))
		}
		out = append(out, text+"}\n")
	}
	for _, g := range slices.Sorted(maps.Keys(o.groups)) {
		out = append(out, fmt.Sprintf("user_group %q {\n  members = %s\n}\n", g, list(o.groups[g])))
	}
	return out
}

// TestProperties draws an organization and the files that it shall follow, under
// any readings.
func TestProperties(t *testing.T) {
	providertest.Property{
		Provider:          roserocket.Provider(),
		NoTransientRights: true,
		Draw: func(t *rapid.T) providertest.Drawn {
			from, to := drawOrg(t, "live"), drawOrg(t, "files")
			var variants []string
			for _, of := range [][]string{
				{"option=stored", "option=recomputes-fields", "option=from-fields"}, {"write=replace", "write=reset", "write=merge"},
				{"derived=refused", "derived=lowered", "derived=stored"}, {"hidden=viewer", "hidden=none", "hidden=none-enabled"},
				{"extra-keys=none", "extra-keys=some"},
			} {
				variants = append(variants, rapid.SampledFrom(of).Draw(t, "variant"))
			}
			moments := &providertest.RightsLog{}
			s, err := emulator.New(emulator.Options{Seed: from.seed(), Variants: variants, Watch: moments.Add})
			if err != nil {
				t.Fatal(err)
			}
			return providertest.Drawn{
				Product: providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: s.Credentials().ClientSecret, TakeRights: moments.Take},
				Head:    strings.Replace(org, "}\n", "  literals = { full = \"full\", read_only = \"readOnly\", custom = \"custom\" }\n}\n", 1),
				From:    from.blocks(), To: to.blocks(),
			}
		},
	}.Check(t)
}
