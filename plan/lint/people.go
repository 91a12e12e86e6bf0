package lint

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// withoutScope reports users who can sign in and have no place to act.
func (c *check) withoutScope(k *schema.Kind) {
	if len(k.Where) == 0 {
		return
	}
	objects := c.of(k)
	var empty []*schema.Object
	for i := range objects {
		if o := &objects[i]; hasPlaces(o) == no && !o.Inactive() {
			empty = append(empty, o)
		}
	}
	if len(empty) == 0 || !c.placesKnown(k) {
		return
	}
	placed := map[string]bool{}
	for _, holder := range c.Tenant.Product.Kinds {
		if i := holder.Index(holder.Grantee); holder.Grants != nil && i >= 0 {
			held := c.of(holder)
			for n := range held {
				holder.Attributes[i].Each(held[n].Body, func(key string) { placed[key] = true })
			}
		}
	}
	for _, o := range empty {
		if placed[o.Addr.Key] || hasPlaces(c.resolved(o)) != no {
			continue
		}
		c.told[o] = true
		c.report(o, o.Problem(schema.LintNoScope, "", "The user has no place to act", fmt.Sprintf(
			"%s can sign in, and has %s. Give the user a place to act%s. If it is meant so, %s",
			o.Addr, c.nothing(o), orInactive(k), schema.Silencing(schema.LintNoScope))))
	}
}

// nothing says which attributes of the user are empty, and what other objects could give: "businesses = []".
func (c *check) nothing(o *schema.Object) string {
	var out []string
	for _, name := range o.Kind.Where {
		switch v := o.Any(name).(type) {
		case nil:
		case bool:
			out = append(out, fmt.Sprintf("%s = %t", name, v))
		default:
			out = append(out, name+" = []")
		}
	}
	for _, holder := range c.Tenant.Product.Kinds {
		if i := holder.Index(holder.Grantee); holder.Grants != nil && i >= 0 && slices.Contains(holder.Attributes[i].Kinds, o.Kind.Name) {
			out = append(out, "no "+text.Words(holder.Name))
		}
	}
	return text.And(out)
}

// orInactive offers to deactivate the user.
func orInactive(k *schema.Kind) string {
	if line := k.InactiveLine(); line != "" {
		return ", or write " + line
	}
	return ""
}

// An answer says whether something is so, as far as the files say.
type answer int

const (
	no answer = iota
	yes
	unknown
)

// hasPlaces reports whether the attributes of a user give places to act in.
func hasPlaces(o *schema.Object) answer {
	out, taken := no, false
	for _, name := range o.Kind.Where {
		i := o.Kind.Index(name)
		a := &o.Kind.Attributes[i]
		if !o.Takes(name) {
			continue
		}
		taken = true
		switch {
		case !o.Set.Has(i):
			if a.Comparable() {
				out = unknown
			}
		case !isEmpty(a.Any(o.Body)):
			return yes
		}
	}
	if !taken {
		return yes // such as an administrator, who acts everywhere
	}
	return out
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case [][]string:
		return len(v) == 0
	}
	return false
}

// placesKnown reports whether the files declare all objects that give users of a kind places to act in.
func (c *check) placesKnown(k *schema.Kind) bool {
	for _, holder := range c.Tenant.Product.Kinds {
		switch i := holder.Index(holder.Grantee); {
		case holder.Grants == nil || holder == k || holder.Subject:
		case i < 0: // it grants to users whom the product does not name
			if !c.complete(holder) || len(c.of(holder)) > 0 {
				return false
			}
		case slices.Contains(holder.Attributes[i].Kinds, k.Name) && (!c.complete(holder) || !c.says(holder, i)):
			return false
		}
	}
	return true
}

// resolved returns a copy of an object with what follows from the files alone, such as the rights of a
// profile.
func (c *check) resolved(o *schema.Object) *schema.Object {
	return &c.withVirtual([]*schema.Object{o})[0]
}

// withVirtual returns copies of objects, and of all that exist in files only, with what follows from the
// files alone.
func (c *check) withVirtual(some []*schema.Object) []schema.Object {
	out := make([]schema.Object, 0, len(some))
	for _, o := range some {
		out = append(out, o.Clone())
	}
	for _, k := range c.Tenant.Product.Kinds {
		if k.Virtual && !k.Subject {
			objects := c.of(k)
			for i := range objects {
				out = append(out, objects[i].Clone())
			}
		}
	}
	if c.Tenant.Product.Offline != nil {
		c.Tenant.Product.Offline(out)
	}
	return out
}

// administrators reports more administrators than there may be. One with a reason in its block does not
// count.
func (c *check) administrators() {
	var users []*schema.Object
	for _, k := range c.Tenant.Product.Kinds {
		objects := c.of(k)
		for i := range objects {
			if k.Administers != nil {
				users = append(users, &objects[i])
			}
		}
	}
	part := *c.Tenant
	part.Objects = c.withVirtual(users)
	found, _ := access.New(access.Input{Tenant: &part}).Administrators()
	var all []*schema.Object
	for _, sub := range found {
		if o := c.find(sub.Addr.Kind, sub.Addr.Key); o != nil && !sub.Inactive() && !c.allowed(o, schema.LintAdministrators) {
			all = append(all, o)
		}
	}
	if len(all) <= c.MaxAdministrators {
		return
	}
	slices.SortStableFunc(all, byPlace)
	names := make([]string, len(all))
	for i, o := range all {
		names[i] = place(o)
	}
	c.findings = append(c.findings, schema.Finding{
		Severity: schema.Warning, Code: schema.LintAdministrators, Addr: schema.Address{Provider: c.Tenant.Name}, Pos: c.Tenant.Pos,
		Summary: fmt.Sprintf("More than %s", text.Count(c.MaxAdministrators, "administrator", "administrators")),
		Detail: fmt.Sprintf("The files declare %d: %s. Let fewer users be administrators. To leave one out of the count, %s",
			len(all), text.List(names, mostNames), schema.Silencing(schema.LintAdministrators)),
	})
}

// mostNames is how many objects a message names.
const mostNames = 10
