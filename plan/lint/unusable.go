package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// unusable reports roles and profiles that some have and nobody can use, because all of them are
// inactive or have no place where it holds.
func (c *check) unusable(k *schema.Kind) {
	if k.Having(schema.CarriesRights) == 0 || !c.known(k) {
		return
	}
	first := map[string]*schema.Object{}
	c.rightsHolders(k, func(o *schema.Object, key string) {
		if first[key] == nil || c.asleep(first[key]) {
			first[key] = o
		}
	})
	open := map[string][]*schema.Object{} // those that nobody was found to use
	for key, o := range first {
		if c.find(k.Name, key) != nil {
			open[key] = []*schema.Object{o}
		}
	}
	c.dropUsed(open)
	if len(open) == 0 {
		return
	}
	clear(first)
	for key := range open {
		open[key] = nil
	}
	c.rightsHolders(k, func(o *schema.Object, key string) {
		if _, is := open[key]; is {
			open[key] = append(open[key], o)
		}
	})
	c.dropUsed(open)
	objects := c.of(k)
	for i := range objects {
		o := &objects[i]
		holders := open[o.Addr.Key]
		if holders == nil || slices.ContainsFunc(holders, func(h *schema.Object) bool { return c.told[h] }) {
			continue
		}
		var names []string
		for _, h := range holders {
			if h.Kind.Grantee == "" {
				names = append(names, place(h))
			}
			eachGrantee(h, func(kind, key string) {
				names = append(names, place(&schema.Object{Addr: schema.Address{Kind: kind, Key: key}, Pos: h.Pos}))
			})
		}
		word := text.Words(k.Name)
		c.report(o, o.Problem(schema.LintUnusable, "", "Nobody can use this "+word, fmt.Sprintf(
			"%s gives rights to nobody: those who have it are inactive or have no place where it holds: %s. Delete the block and what refers to it. To keep it, %s",
			o.Addr, text.List(names, mostNames), schema.Silencing(schema.LintUnusable))))
	}
}

// rightsHolders is holders without objects that only declare others, such as a team with its members.
func (c *check) rightsHolders(k *schema.Kind, f func(o *schema.Object, key string)) {
	c.holders(k, func(o *schema.Object, key string) {
		if o.Kind.Subject || o.Kind.Grants != nil {
			f(o, key)
		}
	})
}

// asleep reports whether an object or all users for whom it holds rights are inactive.
func (c *check) asleep(o *schema.Object) bool {
	inactive := o.Inactive()
	eachGrantee(o, func(kind, key string) {
		if user := c.find(kind, key); user != nil {
			inactive = user.Inactive()
		}
	})
	return inactive
}

// dropUsed drops the keys for which one of the holders has a right, or may have one.
func (c *check) dropUsed(holders map[string][]*schema.Object) {
	var some []*schema.Object
	seen := map[schema.Address]bool{}
	add := func(o *schema.Object) {
		if o != nil && !seen[o.Addr] {
			seen[o.Addr] = true
			some = append(some, o)
		}
	}
	people := map[string]bool{}
	for _, list := range holders {
		for _, o := range list {
			add(o)
			eachGrantee(o, func(kind, key string) { add(c.find(kind, key)) })
			if o.Kind.Subject {
				people[o.Addr.Key] = true
			}
		}
	}
	for _, k := range c.Tenant.Product.Kinds {
		objects := c.of(k)
		for i := range objects {
			o := &objects[i]
			switch {
			case k.Governs != nil || k.UpdateOnly || grants(k) && !k.Virtual:
				add(o)
			case k.Grants != nil && k.Grantee != "":
				eachGrantee(o, func(_, key string) {
					if people[key] {
						add(o)
					}
				})
			}
		}
	}
	part := *c.Tenant
	part.Objects = c.withVirtual(some)
	state := access.New(access.Input{Tenant: &part})
	subjects := map[schema.Address]*access.Subject{}
	for _, sub := range state.Subjects() {
		subjects[sub.Addr] = sub
	}
	for key, list := range holders {
		if slices.ContainsFunc(list, func(o *schema.Object) bool { return usable(state, subjects, o) }) {
			delete(holders, key)
		}
	}
}

// eachGrantee calls f with the users for whom an object holds rights.
func eachGrantee(o *schema.Object, f func(kind, key string)) {
	if i := o.Kind.Index(o.Kind.Grantee); i >= 0 && o.Kind.Grants != nil {
		a := &o.Kind.Attributes[i]
		a.Each(o.Body, func(key string) {
			for _, kind := range a.Kinds {
				f(kind, key)
			}
		})
	}
}

// usable reports whether the object gives somebody a right, or may give one.
func usable(state *access.State, subjects map[schema.Address]*access.Subject, o *schema.Object) bool {
	holders := []schema.Address{o.Addr}
	eachGrantee(o, func(kind, key string) {
		holders = append(holders, schema.Address{Provider: o.Addr.Provider, Kind: kind, Key: key})
	})
	for _, a := range holders {
		sub := subjects[a]
		if sub == nil {
			continue
		}
		if list, _ := state.Rights(sub); slices.ContainsFunc(list, func(r access.Right) bool {
			return r.Holder.Addr == o.Addr || r.Holder.Kind.GrantsTo != nil
		}) {
			return true
		}
		if !sub.Inactive() && sub.Object != nil && leavesOut(sub.Object) {
			return true
		}
	}
	return false
}

// leavesOut reports whether a user may have rights by an attribute that the block does not set.
func leavesOut(o *schema.Object) bool {
	active, _, _ := strings.Cut(o.Kind.Activate, " ")
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if a.Name != active && a.Comparable() && !o.Set.Has(i) && o.Takes(a.Name) && (a.Is(schema.CarriesRights) || slices.Contains(o.Kind.Where, a.Name)) {
			return true
		}
	}
	return false
}
