package lint

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// unused reports objects that nothing refers to.
func (c *check) unused(k *schema.Kind) {
	left := map[string]*schema.Object{}
	objects := c.of(k)
	for i := range objects {
		if _, named := c.Tenant.Named[objects[i].Addr]; !named {
			left[objects[i].Addr.Key] = &objects[i]
		}
	}
	if len(left) == 0 || !c.known(k) {
		return
	}
	c.holders(k, func(_ *schema.Object, key string) { delete(left, key) })
	for i := range objects {
		o := &objects[i]
		if left[o.Addr.Key] == nil {
			continue
		}
		c.told[o] = true
		word := text.Words(k.Name)
		why := fmt.Sprintf("No block refers to %s, and it exists in the files only.", o.Addr)
		if !k.Virtual {
			why = fmt.Sprintf("No block refers to %s, and the files declare everybody who could have it.", o.Addr)
		}
		c.report(o, o.Problem(schema.LintUnused, "", "Nothing uses this "+word,
			fmt.Sprintf("%s Delete the block. To keep the %s, %s", why, word, schema.Silencing(schema.LintUnused))))
	}
}

// holders calls f with each declared object that refers to an object of the kind, and with its key.
func (c *check) holders(k *schema.Kind, f func(o *schema.Object, key string)) {
	for _, name := range c.Tenant.Product.Referrers(k.Name) {
		from := c.Tenant.Product.Kind(name)
		objects := c.of(from)
		for i := range from.Attributes {
			a := &from.Attributes[i]
			if !slices.Contains(a.Kinds, k.Name) {
				continue
			}
			for n := range objects {
				o := &objects[n]
				if !o.Set.Has(i) {
					continue
				}
				if a.Type == schema.TypeString {
					if key := a.Text(o.Body); key != "" {
						f(o, key)
					}
					continue
				}
				a.Each(o.Body, func(key string) { f(o, key) })
			}
		}
	}
}

// known reports whether the files say everything that refers to objects of the kind. What is in the files
// only is always known.
func (c *check) known(k *schema.Kind) bool {
	if k.Virtual {
		return true
	}
	for _, name := range c.Tenant.Product.Referrers(k.Name) {
		from := c.Tenant.Product.Kind(name)
		for i := range from.Attributes {
			if a := &from.Attributes[i]; slices.Contains(a.Kinds, k.Name) && a.Comparable() && (!c.complete(from) || !c.says(from, i)) {
				return false
			}
		}
	}
	return true
}

// says reports whether all declared objects of a kind say what an attribute is, as far as it has a
// meaning. One that is left out stays as it is.
func (c *check) says(k *schema.Kind, i int) bool {
	objects := c.of(k)
	for n := range objects {
		if o := &objects[n]; !o.Set.Has(i) && o.Takes(k.Attributes[i].Name) {
			return false
		}
	}
	return true
}

// complete reports whether the files declare all objects of a kind: others are removed, or can do nothing.
func (c *check) complete(k *schema.Kind) bool {
	t := c.Tenant
	if k.Virtual {
		return true
	}
	m := t.Manage[k.Name]
	if m.Mode != schema.Authoritative || k.NoList || !t.ListsAll(k) || !k.Removal(m).Removes() {
		return false
	}
	if t.Product.ReadOnlyKinds != nil && slices.Contains(t.Product.ReadOnlyKinds(&t.Settings), k.Name) {
		return false
	}
	if c.ignored == nil {
		c.ignored = schema.NewIgnoreSet(t.Product, t.Manage)
	}
	if c.ignored.Affects(k.Name) {
		return false
	}
	parent := k.Parent()
	return parent == nil || m.AllParents || !slices.ContainsFunc(parent.Kinds, func(name string) bool { return !c.complete(t.Product.Kind(name)) })
}
