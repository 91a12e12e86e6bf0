package drift

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// objects are objects by kind and key.
type objects map[string]map[string]*schema.Object

// A privilege is what makes an object dangerous. The zero value is none.
type privilege struct {
	text  string // "ORG_ADMIN", or privileged rights: "user_rights on account harbor"
	named bool   // text is from Kind.Privilege: users become it; they gain rights
}

func (p privilege) none() bool { return p.text == "" }

// became says that a user got the privilege, and is that a user has it.
func (p privilege) became() string {
	if p.named {
		return "became " + p.text
	}
	return "gained " + p.text
}

func (p privilege) is() string {
	if p.named {
		return "is " + p.text
	}
	return "has " + p.text
}

// A rightsOf knows the rights of the live subjects of a tenant, and those that the files give.
type rightsOf struct {
	live, declared objects
	ids            objects                             // live objects by kind and id
	held           map[schema.Address][]*schema.Object // live objects that hold rights for a subject
	privileges     *rights.Privileges
	places         rights.Places
	now, files     *rights.Snapshot
}

// newRightsOf indexes the live and the declared objects. It replaces in.Live by the objects in normal
// form.
func newRightsOf(in *Input) *rightsOf {
	r := &rightsOf{
		live: objects{}, declared: objects{}, ids: objects{}, held: map[schema.Address][]*schema.Object{},
		privileges: rights.NewPrivileges(in.Tenant),
	}
	live := make(map[string][]schema.Object, len(in.Live))
	for kind, list := range in.Live {
		list = schema.Normal(list)
		live[kind] = list
		keys, ids := make(map[string]*schema.Object, len(list)), make(map[string]*schema.Object, len(list))
		for j := range list {
			o := &list[j]
			keys[o.Addr.Key] = o
			if o.ID != "" {
				ids[o.ID] = o
			}
			for _, who := range granteesOf(o) {
				r.held[who] = append(r.held[who], o)
			}
		}
		r.live[kind], r.ids[kind] = keys, ids
	}
	in.Live = live
	for i := range in.Tenant.Objects {
		o := &in.Tenant.Objects[i]
		if r.declared[o.Addr.Kind] == nil {
			r.declared[o.Addr.Kind] = map[string]*schema.Object{}
		}
		r.declared[o.Addr.Kind][o.Addr.Key] = o
	}
	r.now = rights.NewSnapshot(&r.places, func(kind, key string) (*schema.Object, bool) {
		keys, listed := r.live[kind]
		return keys[key], listed
	})
	// What a declared object gives is what the files say about all that it refers to. Only users whom no
	// file declares, and what the product owns, are as they are.
	r.files = rights.NewSnapshot(&r.places, func(kind, key string) (*schema.Object, bool) {
		if o := r.declared[kind][key]; o != nil {
			return o, true
		}
		if o := r.live[kind][key]; o != nil && (o.Kind.Subject || o.Kind.UpdateOnly || o.Frozen == schema.Everything) {
			return o, true
		}
		return nil, true
	})
	return r
}

func (r *rightsOf) find(a schema.Address) *schema.Object     { return r.live[a.Kind][a.Key] }
func (r *rightsOf) declares(a schema.Address) *schema.Object { return r.declared[a.Kind][a.Key] }

// texts lists the rights of a live object, and of what others hold for it, sorted.
func (r *rightsOf) texts(o *schema.Object) []string {
	var held []*schema.Object
	if o.Kind.Subject {
		held = r.held[o.Addr]
	}
	grants, _ := r.now.Grants(o, o.Addr.Key, held)
	var out []string
	for _, g := range grants {
		out = append(out, g.Right+" on "+g.Scope+" through "+g.Via)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// grantsOf lists the rights that an object itself has or gives, to whomever it refers.
func grantsOf(o *schema.Object, in *rights.Snapshot) []schema.Grant {
	if o.Kind.GrantsTo == nil {
		g, _ := in.Grants(o, "", nil)
		return g
	}
	var out []schema.Grant
	for _, who := range granteesOf(o) {
		g, _ := in.Grants(o, who.Key, nil)
		out = append(out, g...)
	}
	return out
}

// own returns the privileges that a live object itself has or gives.
func (r *rightsOf) own(o *schema.Object) privilege {
	if o.Inactive() {
		return privilege{}
	}
	if what := named(o, r.now); what != "" {
		return privilege{what, true}
	}
	return r.describe(grantsOf(o, r.now), r.privileges.Has)
}

// all returns the privileges of a live object, with those that others hold for it.
func (r *rightsOf) all(o *schema.Object) privilege {
	first := r.own(o)
	if !o.Kind.Subject || o.Inactive() {
		return first
	}
	list := []string{first.text}
	for _, x := range r.held[o.Addr] {
		what := r.own(x)
		first.named = first.named || first.none() && what.named
		list = append(list, what.text)
	}
	slices.Sort(list[1:])
	list = slices.Compact(slices.DeleteFunc(list, func(s string) bool { return s == "" }))
	return privilege{text.List(list, mostNames), first.named}
}

// exceeding returns the privileges that the live object has and that the files do not give with the
// wanted one.
func (r *rightsOf) exceeding(have, want *schema.Object) privilege {
	if have.Inactive() {
		return privilege{}
	}
	if named(have, r.now) != "" {
		return r.exceedingName(have, want)
	}
	grants := grantsOf(have, r.now)
	if !slices.ContainsFunc(grants, func(g schema.Grant) bool { return r.privileges.Has(&g) }) {
		return privilege{}
	}
	given := grantsOf(want, r.files)
	more, _ := rights.Diff(given, grants, &r.places)
	return r.describe(more, func(g *schema.Grant) bool { return r.privileges.Gained(g, given) })
}

// exceedingName is exceeding for privileges with a name.
func (r *rightsOf) exceedingName(have, want *schema.Object) privilege {
	now := named(have, r.now)
	if now == "" || have.Inactive() || now == named(want, r.files) && !want.Inactive() {
		return privilege{}
	}
	return privilege{now, true}
}

// anyGained reports whether one of the grants that a live subject has by a change by hand is
// privileged. c is the change that would undo it.
func (r *rightsOf) anyGained(who schema.Address, more []schema.Grant, c *plan.Change) bool {
	o := r.find(who)
	if o == nil {
		return false
	}
	var held []*schema.Object
	for _, h := range r.held[who] {
		if h.Addr != c.Have.Addr {
			held = append(held, h)
		} else if slices.Contains(granteesOf(c.Want), who) {
			held = append(held, c.Want)
		}
	}
	given, _ := r.files.Grants(o, o.Addr.Key, held)
	return slices.ContainsFunc(more, func(g schema.Grant) bool { return r.privileges.Gained(&g, given) })
}

// lost returns the privilege that the files give with the wanted object and that the live one does
// not have, or "".
func (r *rightsOf) lost(have, want *schema.Object) string {
	if was := named(want, r.files); was != named(have, r.now) {
		return was
	}
	return ""
}

// describe names the privileged ones of some grants.
func (r *rightsOf) describe(grants []schema.Grant, privileged func(*schema.Grant) bool) privilege {
	var list []string
	for i := range grants {
		if g := &grants[i]; privileged(g) {
			s := g.Right
			if g.Scope != "" {
				s += " on " + g.Scope
			}
			list = append(list, s)
		}
	}
	slices.Sort(list)
	return privilege{text: text.List(slices.Compact(list), mostNames)}
}

func named(o *schema.Object, in *rights.Snapshot) string {
	if o.Kind.Privilege == nil {
		return ""
	}
	return o.Kind.Privilege(o, in.Lookup)
}
