package roserocket

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The sorts of rights. A role that sees no board, changes nothing or reads nothing any more has
// lost much, even if it keeps rights of the other sorts.
const (
	sortBoards = "boards"
	sortChange = "change"
	sortRead   = "read"
)

// permissionGrants lists what the role may do with the object. The API does not say which users
// have the role, so the permission is the subject.
func permissionGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	p := o.Body.(*Permission)
	var out []schema.Grant
	add := func(sort, right string) {
		out = append(out, schema.Grant{Right: right, Scope: p.Object, Via: "role " + p.Role, Sort: sort})
	}
	for _, name := range slices.Sorted(maps.Keys(p.Record)) {
		if p.Record[name] {
			add(sortChange, name+" records")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Boards)) {
		if p.Boards[key] {
			add(sortBoards, "see board "+key)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(p.Access)) {
		switch right := p.Access[field]; right {
		case hide:
		case edit:
			add(sortChange, "edit "+field)
			add(sortRead, "read "+field)
		default:
			add(sortRead, right+" "+field)
		}
	}
	return out
}

// groupGrants lists the rights of each member: the boards that are shared with the group.
func groupGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	return []schema.Grant{{Right: "boards shared with " + o.Body.(*Group).Name}}
}
