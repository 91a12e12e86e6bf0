package drift

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A rightsOf knows the rights of the live subjects of a tenant.
type rightsOf struct {
	in         *Input
	objects    map[string]map[string]*schema.Object // by kind and key
	ids        map[string]map[string]*schema.Object // by kind and id
	held       map[schema.Address][]*schema.Object  // what others hold for a subject
	declared   map[schema.Address]bool
	privileges []schema.Privilege
	places     rights.Places
	snapshot   *rights.Snapshot
}

func newRightsOf(in *Input) *rightsOf {
	r := &rightsOf{in: in, objects: map[string]map[string]*schema.Object{}, ids: map[string]map[string]*schema.Object{},
		held: map[schema.Address][]*schema.Object{}, declared: map[schema.Address]bool{}, privileges: in.Tenant.Privileges()}
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
		r.objects[kind], r.ids[kind] = keys, ids
	}
	in.Live = live
	for i := range in.Tenant.Objects {
		r.declared[in.Tenant.Objects[i].Addr] = true
	}
	r.snapshot = rights.NewSnapshot(&r.places, func(kind, key string) (*schema.Object, bool) {
		keys, listed := r.objects[kind]
		return keys[key], listed
	})
	return r
}

func (r *rightsOf) find(kind, key string) *schema.Object { return r.objects[kind][key] }
func (r *rightsOf) byID(kind, id string) *schema.Object  { return r.ids[kind][id] }

// grants lists the rights of an object, and of what others hold for it.
func (r *rightsOf) grants(o *schema.Object) []schema.Grant {
	var held []*schema.Object
	if o.Kind.Subject {
		held = r.held[o.Addr]
	}
	g, _ := r.snapshot.Grants(o, o.Addr.Key, held)
	return g
}

// ownGrants lists the rights that an object itself has or gives, to whomever it refers.
func (r *rightsOf) ownGrants(o *schema.Object) []schema.Grant {
	if o.Kind.GrantsTo == nil {
		g, _ := r.snapshot.Grants(o, "", nil)
		return g
	}
	var out []schema.Grant
	for _, who := range granteesOf(o) {
		g, _ := r.snapshot.Grants(o, who.Key, nil)
		out = append(out, g...)
	}
	return out
}

// texts lists the rights of an object, sorted.
func (r *rightsOf) texts(o *schema.Object) []string {
	var out []string
	for _, g := range r.grants(o) {
		out = append(out, g.Right+" on "+g.Scope+" through "+g.Via)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// privileged names the privileges of a live object, with those that others hold for it, or returns "".
func (r *rightsOf) privileged(o *schema.Object) string {
	var out []string
	if what := r.own(o); what != "" {
		out = append(out, what)
	}
	if o.Kind.Subject && !inactive(o) {
		for _, x := range r.held[o.Addr] {
			if what := r.own(x); what != "" {
				out = append(out, what)
			}
		}
	}
	return strings.Join(out, ", ")
}

// own names the privileges that a live object itself has or gives, or returns "".
func (r *rightsOf) own(o *schema.Object) string {
	if inactive(o) {
		return ""
	}
	if p := o.Kind.Privilege; p != nil {
		if what := p(o, r.snapshot.Lookup); what != "" {
			return what
		}
	}
	return strings.Join(r.privilegedRights(r.ownGrants(o)), ", ")
}

func inactive(o *schema.Object) bool { return o.Kind.Inactive != nil && o.Kind.Inactive(o) }

// gained names the privileges that the live object has and the wanted one has not, or returns "".
func (r *rightsOf) gained(have, want *schema.Object) string {
	if inactive(have) {
		return ""
	}
	if p := have.Kind.Privilege; p != nil {
		now := p(have, r.snapshot.Lookup)
		if now != "" && (now != p(want, r.snapshot.Lookup) || inactive(want)) {
			return now
		}
	}
	more, _ := rights.Diff(r.ownGrants(want), r.ownGrants(have), &r.places)
	return strings.Join(r.privilegedRights(more), ", ")
}

// privilegedRights lists the privileged ones of some grants.
func (r *rightsOf) privilegedRights(grants []schema.Grant) []string {
	var out []string
	for i := range grants {
		if g := &grants[i]; r.isPrivileged(g) {
			s := g.Right
			if g.Scope != "" {
				s += " on " + g.Scope
			}
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *rightsOf) anyPrivileged(grants []schema.Grant) bool {
	return slices.ContainsFunc(grants, func(g schema.Grant) bool { return r.isPrivileged(&g) })
}

func (r *rightsOf) isPrivileged(g *schema.Grant) bool {
	return g.Unlimited() || slices.ContainsFunc(r.privileges, func(p schema.Privilege) bool { return p.Matches(g) })
}

// granteesOf lists the subjects who have the rights of an object beside itself.
func granteesOf(o *schema.Object) []schema.Address {
	i := o.Kind.Index(o.Kind.Grantee)
	if o.Kind.Grantee == "" || i < 0 || len(o.Kind.Attributes[i].Kinds) == 0 || !o.Set.Has(i) {
		return nil
	}
	var out []schema.Address
	a := &o.Kind.Attributes[i]
	a.Each(o.Body, func(key string) {
		out = append(out, schema.Address{Provider: o.Addr.Provider, Kind: a.Kinds[0], Key: key})
	})
	return out
}

// granteeOf returns the only subject who has the rights of an object, or the object's address.
func granteeOf(o *schema.Object) schema.Address {
	if list := granteesOf(o); len(list) == 1 && o.Kind.Parent() != nil {
		return list[0]
	}
	return o.Addr
}
